import { readdirSync } from 'node:fs';
import type { Execution, Item } from '../../scripts/n8n/home';
import type { N8nSession } from '../../scripts/n8n/session';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { openSession } from './shared';
import type { Credentials } from './workflows';
import { examplesFolder, readExample, saveSandboxCredentials } from './workflows';

jest.setTimeout(180_000);

let sandbox: Sandbox;
let session: N8nSession;
let credentials: Credentials;

beforeAll(async () => {
	sandbox = await startSandbox({ config: { secondsPerTask: 3 } });
	session = await openSession();
	credentials = await saveSandboxCredentials(session, sandbox);
});

afterAll(async () => await sandbox.close());

beforeEach(() => sandbox.reset());

async function run(example: string): Promise<Execution> {
	const id = await session.createWorkflow(readExample(example, credentials));
	const execution = await session.runWorkflow(id);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

/** What a node gave out at last, output by output. */
function outputsOf({ data }: Execution, node: string): Item[][] {
	const runs = data.resultData.runData[node];
	return (runs[runs.length - 1].data?.main ?? []).map((items) => items ?? []);
}

function itemsOf(execution: Execution, node: string): Item[] {
	return outputsOf(execution, node)[0];
}

async function expectVideos(items: readonly Item[]) {
	for (const { json, binary } of items) {
		expect(json).toMatchObject({ status: 'completed', taskRef: expect.any(String) });
		const file = await session.readBinary(binary?.data as NonNullable<Item['binary']>[string]);
		expect(file.subarray(4, 8).toString()).toBe('ftyp');
	}
}

const tested = new Set<string>();
const example = (name: string, check: () => Promise<void>) => {
	tested.add(name);
	test(`examples/${name}.json`, check);
};

example('text-to-video', async () => {
	await expectVideos(itemsOf(await run('text-to-video'), 'Generate Video'));
	const [create] = sandbox.requests({ vendor: 'minimax', step: 'create' });
	expect(create.body).toMatchObject({ prompt: expect.stringMatching(/\[Tracking shot\]$/) });
	expect(sandbox.charges()).toHaveLength(1);
});

example('image-batch', async () => {
	const items = itemsOf(await run('image-batch'), 'Generate Video');
	expect(items).toHaveLength(3);
	await expectVideos(items);
	expect(sandbox.charges()).toHaveLength(3);
});

example('template-batch', async () => {
	const items = itemsOf(await run('template-batch'), 'Template Video');
	expect(items).toHaveLength(2);
	await expectVideos(items);
});

example('vendor-comparison', async () => {
	const items = itemsOf(await run('vendor-comparison'), 'Generate Video');
	expect(items.map(({ json }) => json.provider)).toEqual([
		'minimax',
		'toapis',
		'runware',
		'apiframe',
	]);
	await expectVideos(items);
	// Facts that a vendor does not tell are left out; all others have one name at every vendor.
	const core = [
		'taskRef',
		'provider',
		'taskId',
		'model',
		'mode',
		'status',
		'progress',
		'videoUrl',
		'resolution',
		'durationSeconds',
		'createdAt',
	];
	const optional = ['expiresAt', 'width', 'height', 'cost', 'completedAt'];
	for (const { json } of items) {
		const keys = Object.keys(json).filter((key) => !optional.includes(key));
		expect(new Set(keys)).toEqual(new Set(core));
	}
});

example('get-wait-loop', async () => {
	const workflow = readExample('get-wait-loop', credentials);
	const scenes = workflow.nodes.find(({ name }) => name === 'Scenes');
	if (!scenes) throw new Error('The example has no node Scenes');
	// Three tasks of different length, one of which fails.
	scenes.parameters.jsonOutput = JSON.stringify({
		scenes: [
			{ prompt: 'First {{sandbox seconds=1}}' },
			{ prompt: 'Second {{sandbox seconds=15}}' },
			{ prompt: 'Third {{sandbox seconds=1 fail=1027}}' },
		],
	});
	const pause = workflow.nodes.find(({ name }) => name === 'Wait');
	if (!pause) throw new Error('The example has no node Wait');
	pause.parameters.amount = 6;
	const id = await session.createWorkflow(workflow);
	const { data } = await session.runWorkflow(id);
	const all = (node: string) =>
		(data.resultData.runData[node] ?? []).flatMap((one) => one.data?.main[0] ?? []);
	expect(all('Finished').map(({ json }) => json.status)).toEqual(['completed', 'completed']);
	expect(all('Not Made').map(({ json }) => json.status)).toEqual(['failed']);
	expect(all('Wait').length).toBeGreaterThan(0);
	// Three accepted, and the failed one refunded.
	expect(sandbox.charges().filter(({ kind }) => kind === 'charge')).toHaveLength(3);
});

/** Run by tests of their own: they need a task table, a published workflow or a chat model. */
const elsewhere = ['fire', 'react', 'agent'];

test('every example is run by a test', () => {
	const files = readdirSync(examplesFolder).map((file) => file.replace(/\.json$/, ''));
	expect(files.filter((file) => !tested.has(file) && !elsewhere.includes(file))).toEqual([]);
});
