import type { IHookFunctions } from 'n8n-workflow';
import { providers } from '../../providers';
import { InputError } from '../../video/failure';
import { isByPerson, orNodeError } from '../HailuoTrigger/faults';
import { createHost, type NodeContext } from '../shared/host';
import { readCallbackForm } from './callbackForm';
import { openCallbackTable } from './callbackTable';
import { memories } from './callbackMemory';

/** What a person has to mend keeps the workflow off; at a start of n8n nothing does. */
export async function switchOn(context: IHookFunctions): Promise<boolean> {
	memories.of(context).isClosed = false;
	if (isByPerson(context)) await orNodeError(context, async () => await check(context));
	return true;
}

async function check(context: IHookFunctions) {
	const { table } = readCallbackForm(context);
	const { credentials = {} } = context.getNode();
	if (!providers.some(({ credential }) => credentials[credential])) {
		throw new InputError(
			'The node has no credential of a vendor, and could ask nobody what has become of a task',
			'Choose a credential for each vendor that calls.',
		);
	}
	if (!table) return;
	// Only requests are made with it, which a hook can make as well.
	const tools = context as unknown as NodeContext;
	await openCallbackTable(tools, createHost(tools), table.name);
}

/** Also called before a changed workflow is switched on again. */
export function switchOff(context: IHookFunctions): boolean {
	memories.of(context).isClosed = true;
	return true;
}
