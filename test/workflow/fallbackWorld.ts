import type { INodeParameters } from 'n8n-workflow';
import { type NodeRun, runNode } from '../../harness/engine/runNode';
import { allKeys } from './callbackWorld';
import { type onTable, time } from './triggerWorld';
import { chain, sandbox, table } from './world';

export const minute = 60_000;
export const both = ['minimax', 'runware'];
const when = ['refused', 'failed'];
/** MiniMax takes it and gives it up by a fault of its own; the next vendor makes it. */
const fails = 'A paper boat {{sandbox fail=1033 at=minimax}}';

/** One order, of which the first vendor fails unless told otherwise; `poor` is a credential without money. */
export async function order(
	vendors: readonly string[],
	parameters: INodeParameters = {},
	{ poor, ...more }: Partial<NodeRun> & { readonly poor?: 'hailuoRunwareApi' } = {},
) {
	const credentials = allKeys();
	if (poor) credentials[poor] = { ...credentials[poor], apiKey: 'poor-key' };
	return await runNode({
		parameters: {
			...chain(...vendors),
			prompt: fails,
			recordTask: true,
			fallbackWhen: when,
			...parameters,
		},
		credentials,
		node: { onError: 'continueRegularOutput' },
		...more,
	});
}

/** As kill -9 leaves the row of an order whose first vendor has given it up, before the run has seen it. */
export async function killed(parameters: INodeParameters = {}) {
	const prompt = 'A paper boat {{sandbox fail=timeoutProvider}}';
	const { items } = await order(['runware'], { prompt, ...parameters, waitForCompletion: false });
	Object.assign(table.rows[0], { heldBy: 'a process that is gone' });
	sandbox.advance(2 * minute);
	sandbox.clearRequests();
	return String(items[0].json.taskRef);
}

/** Polls once a minute, as n8n does. */
export async function pollUntil(trigger: ReturnType<typeof onTable>, isOver: () => boolean) {
	while (!isOver()) {
		const next = time.now() + minute;
		await trigger.poll();
		await time.sleep(Math.max(1, next - time.now()));
	}
	await trigger.poll();
}

export const after = (minutes: number) => {
	const end = time.now() + minutes * minute;
	return () => time.now() >= end;
};
