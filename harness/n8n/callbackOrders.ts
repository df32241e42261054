import { providers } from '../../providers';
import { type Sandbox, startSandbox } from '../../sandbox/server';
import { sandboxAccounts, unlimited } from '../accounts';
import { sandboxKeys } from '../engine/additionalData';
import { runNode } from '../engine/runNode';
import { saveAllCredentials } from './examples';
import type { Workflow } from './home';
import type { N8nSession } from './session';
import { reacting, untilServed } from './workflows';

const secret = 'a secret of 32 bytes, as ToAPIs has';
const vendors = providers.map(({ id }) => id);

/**
 * Seconds that tasks take, unless others are wished for: one half of them and the other one. The sandbox's clock is moved on by
 * them, and ToAPIs' signatures are good for five minutes by n8n's clock.
 */
export const seconds = { first: 130, second: 260 };

/** Tasks of all vendors under one Callback URL, each with a row in a task table. */
export interface CallbackOrders {
	readonly sandbox: Sandbox;
	/** Where vendors call. */
	readonly address: string;
	/** Their references. */
	readonly made: readonly string[];
	/** The published workflow that starts by callbacks. */
	readonly byCall: string;
	/** The one beside it with a polling trigger on the same table. */
	readonly byPoll?: string;
}

export interface CallbackWishes {
	/** Of the task table. */
	readonly name: string;
	readonly count: number;
	/** Whether a polling trigger is beside the callback trigger. */
	readonly withNet?: boolean;
	/** Of the process that takes calls; n8n's own address otherwise. */
	readonly url?: string;
	/** What the task with this index takes. */
	readonly secondsOf?: (index: number) => number;
}

const halves = (count: number) => (index: number) =>
	index < count / 2 ? seconds.first : seconds.second;

/** Where a process of n8n serves a trigger of a workflow. */
export const addressOf = ({ url }: { url: string }, { nodes }: Workflow, route = 'webhook') =>
	`${url}/${route}/${String(nodes[0].webhookId)}/webhook`;

/**
 * Publishes a workflow with a callback trigger on the task table of this name, and one with a polling
 * trigger where a net is wanted; orders tasks with its address.
 */
export async function orderWithCallbacks(
	session: N8nSession,
	{ name, count, withNet = false, url = session.url, secondsOf = halves(count) }: CallbackWishes,
): Promise<CallbackOrders> {
	const sandbox = await startSandbox({
		config: {
			...unlimited,
			toapisWebhook: { origin: url, secret },
			// Not the patience of a vendor with a busy machine is tested here.
			callbacks: { challengeSeconds: 30 },
		},
	});
	const credentials = await saveAllCredentials(session, sandbox);
	const toapis = sandboxAccounts(sandbox).find(({ type }) => type === 'hailuoToApisApi');
	await session.saveCredential({
		type: 'hailuoToApisApi',
		name: credentials.hailuoToApisApi.name,
		data: { ...toapis?.data, webhookSecret: secret },
	});
	const parameters = { recordTask: true, taskTable: { name } };
	const react = reacting('hailuoCallbackTrigger', parameters, credentials);
	const byCall = await session.publishWorkflow(react);
	const poll = reacting('hailuoTrigger', { taskTableName: name }, credentials);
	const byPoll = withNet ? await session.publishWorkflow(poll) : undefined;
	const address = addressOf({ url }, react);
	await untilServed(address);
	const made = await order(
		address,
		Array.from({ length: count }, (_, index) => secondsOf(index)),
		sandbox,
	);
	await record(session, name, made);
	return { sandbox, address, made, byCall, byPoll };
}

/**
 * Orders tasks of all vendors that take so long, as another n8n would. Gives their references.
 * What MiniMax refuses because a busy n8n did not answer its challenge is ordered again.
 */
async function order(
	callbackUrl: string,
	lengths: readonly number[],
	sandbox: Sandbox,
): Promise<string[]> {
	let wishes = lengths.map((length, index) => {
		const prompt = `Boat ${index} {{sandbox seconds=${length}}}`;
		return { json: { provider: vendors[index % vendors.length], prompt } };
	});
	const made: string[] = [];
	for (let tries = 0; tries < 10 && wishes.length > 0; tries++) {
		const { items } = await runNode({
			parameters: {
				provider: '={{ $json.provider }}',
				prompt: '={{ $json.prompt }}',
				waitForCompletion: false,
				options: { concurrency: 8, callbackUrl },
			},
			items: wishes,
			credentials: sandboxKeys(sandbox, 'sandbox-key'),
			node: { onError: 'continueRegularOutput' },
		});
		made.push(...items.flatMap(({ json }) => (json.taskRef ? [String(json.taskRef)] : [])));
		wishes = wishes.filter((_, index) => !items[index]?.json.taskRef);
	}
	if (wishes.length > 0) throw new Error(`${wishes.length} tasks were refused ten times.`);
	return made;
}

/** A table of n8n, through the API that the editor uses. */
async function tableOf(session: N8nSession, name: string): Promise<string> {
	const { data } = await session.call<{
		data: Array<{ id: string; name: string; projectId: string }>;
	}>('GET', `/data-tables-global?filter=${encodeURIComponent(JSON.stringify({ name }))}`);
	const { projectId, id } = data.find((one) => one.name === name) as (typeof data)[number];
	return `/projects/${projectId}/data-tables/${id}`;
}

/** Writes rows for tasks, as the node that orders them does. */
async function record(session: N8nSession, name: string, made: readonly string[]) {
	const data = made.map((taskRef) => {
		const [provider] = taskRef.split(':');
		return { taskRef, provider, status: 'queued', firedBy: 'nobody' };
	});
	const table = await tableOf(session, name);
	await session.call('POST', `${table}/insert`, { data, returnType: 'count' });
}

/** Of each task of a table, by its reference: which execution has claimed it. */
export async function claimsIn(
	session: N8nSession,
	name: string,
): Promise<Map<string, string | null>> {
	const table = await tableOf(session, name);
	const { data } = await session.call<{ data: Array<{ taskRef: string; firedBy: string | null }> }>(
		'GET',
		`${table}/rows?take=250`,
	);
	return new Map(data.map(({ taskRef, firedBy }) => [taskRef, firedBy]));
}
