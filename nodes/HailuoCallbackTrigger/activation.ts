import type { IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { providers } from '../../providers';
import { asError, InputError, VendorError } from '../../video/failure';
import type { NodeContext } from '../shared/host';
import { createHost } from '../shared/host';
import { readCallbackForm } from './callbackForm';
import { openCallbackTable } from './callbackTable';
import { memoryOf } from './receive';

/** What a person has to mend keeps the workflow off; at a start of n8n nothing does. */
export async function switchOn(context: IHookFunctions): Promise<boolean> {
	memoryOf(context).isClosed = false;
	if (['init', 'leadershipChange'].includes(context.getActivationMode())) return true;
	try {
		await check(context);
		return true;
	} catch (cause) {
		const { message } = asError(cause);
		const isOurs = cause instanceof InputError || cause instanceof VendorError;
		const description = isOurs ? cause.advice : undefined;
		throw new NodeOperationError(context.getNode(), message, { description });
	}
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
	memoryOf(context).isClosed = true;
	return true;
}
