import { providers } from '../../providers';
import type { Execution, Item, Workflow } from '../../harness/n8n/home';
import type { Sandbox } from '../../sandbox/server';
import { ownSandbox, session, sideBySide } from './world';
import { exampleNames, readExample, saveSandboxCredentials } from '../../harness/n8n/examples';
import { askEverySecond, parametersOf } from '../../harness/n8n/workflows';

jest.setTimeout(180_000);

interface ExampleRun {
	readonly sandbox: Sandbox;
	readonly execution: Execution;
}

/** Imports and runs an example with vendors of its own. */
async function run(name: string, { change, prepare }: Example): Promise<ExampleRun> {
	const sandbox = await ownSandbox({ secondsPerTask: 3 });
	prepare?.(sandbox);
	const workflow = readExample(name, await saveSandboxCredentials(session, sandbox));
	askEverySecond(workflow);
	change?.(workflow);
	const execution = await session.runNew(workflow);
	return { sandbox, execution };
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

interface Example {
	readonly change?: (workflow: Workflow) => void;
	readonly prepare?: (sandbox: Sandbox) => void;
	readonly check: (run: ExampleRun) => Promise<void>;
}

const examples: Record<string, Example> = {
	'text-to-video': {
		check: async ({ sandbox, execution }) => {
			await expectVideos(itemsOf(execution, 'Generate Video'));
			const [create] = sandbox.requests({ vendor: 'minimax', step: 'create' });
			expect(create.body).toMatchObject({ prompt: expect.stringMatching(/\[Tracking shot\]$/) });
			expect(sandbox.charges()).toHaveLength(1);
		},
	},
	'image-batch': {
		check: async ({ sandbox, execution }) => {
			const items = itemsOf(execution, 'Generate Video');
			expect(items).toHaveLength(3);
			await expectVideos(items);
			expect(sandbox.charges()).toHaveLength(3);
		},
	},
	'dry-run': {
		check: async ({ sandbox, execution }) => {
			const [{ json }] = itemsOf(execution, 'Add Up');
			expect(json).toEqual({
				sum_estimate_amount: expect.closeTo(0.28 + 0.56 + 0.28, 5),
				count_estimate_amount: 3,
			});
			expect(sandbox.charges()).toEqual([]);
			expect(sandbox.requests({ vendor: 'minimax' })).toEqual([]);
		},
	},
	'template-batch': {
		check: async ({ execution }) => {
			const items = itemsOf(execution, 'Template Video');
			expect(items).toHaveLength(2);
			await expectVideos(items);
		},
	},
	'vendor-comparison': {
		check: async ({ execution }) => {
			const items = itemsOf(execution, 'Generate Video');
			const vendors = providers.map(({ id }) => id);
			expect(items.map(({ json }) => json.provider)).toEqual(vendors);
			await expectVideos(items);
			for (const { json } of items) {
				const keys = Object.keys(json).filter((key) => !toldBySome.includes(key));
				expect(new Set(keys)).toEqual(new Set(toldByAll));
			}
		},
	},
	'resilient-pipeline': {
		prepare: (sandbox) =>
			sandbox.inject({
				vendor: 'minimax',
				step: 'create',
				kind: 'custom',
				status: 200,
				body: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
			}),
		check: async ({ sandbox, execution }) => {
			const items = itemsOf(execution, 'Generate Video');
			await expectVideos(items);
			expect(items[0].json).toMatchObject({
				provider: 'runware',
				attempts: [{ provider: 'minimax', failure: { code: '1008' } }],
			});
			expect(sandbox.charges()).toHaveLength(1);
		},
	},
	'get-wait-loop': {
		// Three tasks of different length, one of which fails.
		change: (workflow) => {
			parametersOf(workflow, 'Scenes').jsonOutput = JSON.stringify({
				scenes: [
					{ prompt: 'First {{sandbox seconds=1}}' },
					{ prompt: 'Second {{sandbox seconds=15}}' },
					{ prompt: 'Third {{sandbox seconds=1 fail=1027}}' },
				],
			});
			parametersOf(workflow, 'Wait').amount = 6;
		},
		check: async ({ sandbox, execution: { data } }) => {
			const statuses = (node: string) =>
				(data.resultData.runData[node] ?? [])
					.flatMap((one) => one.data?.main[0] ?? [])
					.map(({ json }) => json.status);
			expect(statuses('Finished')).toEqual(['completed', 'completed']);
			expect(statuses('Not Made')).toEqual(['failed']);
			expect(statuses('Wait').length).toBeGreaterThan(0);
			expect(sandbox.charges().filter(({ kind }) => kind === 'charge')).toHaveLength(3);
		},
	},
};

const toldByAll = [
	'taskRef',
	'provider',
	'taskId',
	'model',
	'mode',
	'prompt',
	'status',
	'progress',
	'videoUrl',
	'resolution',
	'durationSeconds',
	'createdAt',
];
/** Facts that not every vendor tells are left out, never invented. */
const toldBySome = ['expiresAt', 'width', 'height', 'cost', 'completedAt', 'elapsedSeconds'];

const runOf = sideBySide(Object.entries(examples), run);

test.each(Object.entries(examples))('examples/%s.json', async (name, { check }) => {
	const result = await runOf(name);
	expect(result.execution.data.resultData.error?.message).toBeUndefined();
	await check(result);
});

/** Run by tests of their own: they need a task table, a published workflow, a chat model or another service. */
const elsewhere = [
	'fire',
	'react',
	'fire-callback',
	'react-callback',
	'agent',
	'approval',
	'catalogue',
	'catalogue-sheet',
	'daily-clip',
	'post-to-instagram',
	'post-to-tiktok',
	'post-to-youtube',
	'save-to-drive',
	'save-to-s3',
	'vertical-video',
	'weekly-costs',
];

test('every example is run by a test', () => {
	const files = exampleNames;
	expect(files.filter((file) => !(file in examples) && !elsewhere.includes(file))).toEqual([]);
});
