import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { packageNodes } from '../../scripts/docs/package';
import type { Sandbox } from '../../sandbox/server';
import { startSandbox } from '../../sandbox/server';
import { png } from '../sandbox/images';
import { FakeTaskTable } from '../support/fakeTaskTable';
import { fieldsOf } from '../../scripts/docs/fields';
import { binaryItem, runNode } from './harness';
import { speedUpTime } from './time';
import { TriggerWorkflow } from './triggerHarness';
import { forgetEverything } from '../../nodes/HailuoTrigger/triggerMemory';
import { sandboxKeys } from './additionalData';

jest.setTimeout(60_000);

/** No field is dead: each one, changed alone, changes what is sent, given out or written. */
let sandbox: Sandbox;
let table: FakeTaskTable;

beforeAll(async () => {
	sandbox = await startSandbox({ clock: speedUpTime(100) });
	table = await FakeTaskTable.start();
});

afterAll(async () => {
	await sandbox.close();
	await table.close();
});

const keys = () => ({
	...sandboxKeys(sandbox),
	hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
});

/** What differs from run to run although nothing was changed. */
const passing =
	/[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{12,}|\d{4}-\d\d-\d\dT[\d:.]+Z|127\.0\.0\.1:\d+|\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;
const steady = (value: unknown) => JSON.stringify(value).replace(passing, '…');

/** The automatic schedule asks more often than this in two minutes, once a minute does not. */
const many = 6;
/** A task alone may overlap two requests. */
const few = 2;

/** Everything that a run leaves behind, for all to see. */
function traces() {
	const requests = sandbox.requests();
	const asked = requests.filter(({ step }) => step === 'status').length;
	return {
		sent: [
			...new Set(requests.map(({ vendor, step, body }) => steady({ vendor, step, body }))),
		].sort(),
		asked: asked > many ? 'many times' : 'seldom',
		tables: table.tables.map(({ name, rows }) => [name, rows.map(({ label }) => label ?? null)]),
	};
}

const shapeOf = ({ json, binary }: INodeExecutionData) => ({
	json,
	files: Object.keys(binary ?? {}),
});

interface Run {
	readonly parameters: INodeParameters;
	readonly items?: INodeExecutionData[];
}

async function observe(type: string, { parameters, items }: Run): Promise<string> {
	let open = 0;
	let most = 0;
	const began = () => (most = Math.max(most, ++open));
	const ended = () => open--;
	subscribe('http.client.request.start', began);
	subscribe('http.client.response.finish', ended);
	const { outputs, error, hints } = await runNode({
		type,
		parameters,
		...(items && { items }),
		credentials: keys(),
	});
	unsubscribe('http.client.request.start', began);
	unsubscribe('http.client.response.finish', ended);
	return steady({
		...traces(),
		outputs: outputs.map((output) => output.map(shapeOf)),
		error: error && [error.message, error.description],
		hints,
		atOnce: most > few ? 'many' : 'few',
	});
}

/** Parameters without and with the change, made anew for each run. */
type Change = () => Promise<readonly [Run, Run]> | readonly [Run, Run];

const change =
	(base: INodeParameters, changed: INodeParameters, items?: INodeExecutionData[]): Change =>
	() => [
		{ parameters: base, items },
		{ parameters: { ...base, ...changed }, items },
	];

const picture = 'https://example.com/one.png';
const other = 'https://example.com/two.png';
const prompt = 'A paper boat';
const quick = { prompt: '{{sandbox seconds=1}} A paper boat' };
const slow = { prompt: '{{sandbox seconds=120}} A paper boat', downloadVideo: false };
const sixItems = Array.from({ length: 6 }, () => ({ json: {} }));

const files = [
	{
		json: {},
		binary: {
			...binaryItem(png(640, 480), 'one.png', 'image/png', 'data').binary,
			...binaryItem(png(800, 600), 'two.png', 'image/png', 'other').binary,
		},
	},
];

/** Seen in the request that a dry run shows. */
const dry = (
	base: INodeParameters,
	changed: INodeParameters,
	items?: INodeExecutionData[],
): Change => change({ prompt, options: { dryRun: true }, ...base }, changed, items);

const option = (value: INodeParameters, provider = 'minimax'): Change =>
	dry({ provider }, { options: { dryRun: true, ...value } });

const frame = (name: string, mode: string, model: string, more: INodeParameters = {}) => ({
	[`${name}Source`]: dry(
		{ mode, model, ...more, [`${name}Url`]: picture },
		{ [`${name}Source`]: 'binary' },
		files,
	),
	[`${name}Url`]: dry({ mode, model, ...more, [`${name}Url`]: picture }, { [`${name}Url`]: other }),
	[`${name}BinaryField`]: dry(
		{ mode, model, ...more, [`${name}Source`]: 'binary', [`${name}BinaryField`]: 'data' },
		{ [`${name}BinaryField`]: 'other' },
		files,
	),
});

const h3 = { model: 'MiniMax-H3', mode: 'referenceToVideo' };
const reference = (changed: INodeParameters, base: INodeParameters = {}): Change =>
	dry(
		{ ...h3, references: { items: [{ kind: 'image', source: 'url', url: picture, ...base }] } },
		{
			references: {
				items: [{ kind: 'image', source: 'url', url: picture, ...base, ...changed }],
			},
		},
		files,
	);

/** Fields that every node has that makes videos, with what makes one quickly and slowly. */
const making = (fast: INodeParameters, long: INodeParameters): Record<string, Change> => ({
	waitForCompletion: change(fast, { waitForCompletion: false }),
	'wait.timeoutMinutes': change(long, { wait: { timeoutMinutes: 0.5 } }),
	'wait.pollIntervalSeconds': change(long, { wait: { pollIntervalSeconds: 60 } }),
	'wait.onTimeout': change(
		{ ...long, wait: { timeoutMinutes: 0.1 } },
		{ wait: { timeoutMinutes: 0.1, onTimeout: 'returnPending' } },
	),
	downloadVideo: change(fast, { downloadVideo: false }),
	'download.binaryField': change(fast, { download: { binaryField: 'film' } }),
	'download.maxSizeMb': change(fast, { download: { maxSizeMb: 0.001 } }),
	recordTask: change(fast, { recordTask: true }),
	'taskTable.name': change({ ...fast, recordTask: true }, { taskTable: { name: 'Films' } }),
	'taskTable.label': change({ ...fast, recordTask: true }, { taskTable: { label: 'spring' } }),
	'options.callbackUrl': change(
		{ ...fast, options: { dryRun: true } },
		{ options: { dryRun: true, callbackUrl: 'https://example.com/hook' } },
	),
	'options.concurrency': change(
		{ ...fast, waitForCompletion: false },
		{ options: { concurrency: 1 } },
		sixItems,
	),
	'options.dryRun': change(fast, { options: { dryRun: true } }),
	'options.maxCost': change({ ...fast, waitForCompletion: false }, { options: { maxCost: 0.01 } }),
	'options.simplify': change({ ...fast, downloadVideo: false }, { options: { simplify: false } }),
});

const generate: Record<string, Change> = {
	...making(quick, slow),
	provider: dry({}, { provider: 'runware' }),
	mode: dry({ firstFrameUrl: picture }, { mode: 'imageToVideo' }),
	model: dry({}, { model: 'MiniMax-Hailuo-02' }),
	prompt: dry({}, { prompt: 'A kite' }),
	'cameraMovements.movements': dry(
		{ cameraMovements: { steps: [{ movements: ['pushIn'] }] } },
		{ cameraMovements: { steps: [{ movements: ['panLeft'] }] } },
	),
	...frame('firstFrame', 'imageToVideo', 'MiniMax-Hailuo-2.3'),
	...frame('lastFrame', 'firstLastFrame', 'MiniMax-Hailuo-02', { firstFrameUrl: picture }),
	...frame('subject', 'subjectReference', 'S2V-01'),
	'references.kind': reference({ kind: 'video' }),
	'references.source': reference({ source: 'binary' }),
	'references.url': reference({ url: other }),
	'references.binaryField': reference({ binaryField: 'other' }, { source: 'binary' }),
	resolution: dry({}, { resolution: '1080P' }),
	duration: dry({}, { duration: 10 }),
	aspectRatio: dry({ model: 'MiniMax-H3' }, { aspectRatio: '9:16' }),
	'options.promptOptimizer': option({ promptOptimizer: 'off' }),
	'options.fastPretreatment': option({ fastPretreatment: true }),
	'options.aigcWatermark': option({ aigcWatermark: true }),
	'options.fps': option({ fps: 25 }, 'runware'),
	'options.includeCost': option({ includeCost: false }, 'runware'),
	'options.ttl': option({ ttl: 600 }, 'runware'),
	'options.numberResults': option({ numberResults: 2 }, 'runware'),
	'options.outputFormat': option({ outputFormat: 'WEBM' }, 'runware'),
	'options.outputQuality': option({ outputQuality: 50 }, 'runware'),
	'options.safetyMode': option({ safetyMode: 'full' }, 'runware'),
	'options.uploadEndpoint': option({ uploadEndpoint: 'https://example.com/put' }, 'runware'),
};

const dog = '392747428568649728';
const template = {
	template: { __rl: true, mode: 'id', value: dog },
	images: { items: [{ source: 'url', url: picture }] },
};
const image = (changed: INodeParameters, base: INodeParameters = {}): Change =>
	change(
		{ ...template, options: { dryRun: true }, images: { items: [{ url: picture, ...base }] } },
		{ images: { items: [{ url: picture, ...base, ...changed }] } },
		files,
	);
const beast = (value: string) => ({ texts: { items: [{ value }] } });
const beasts = { template: { __rl: true, mode: 'id', value: '394514820878671878' } };

const templateVideo: Record<string, Change> = {
	...making(template, { ...beasts, ...beast('{{sandbox seconds=120}}'), downloadVideo: false }),
	template: change(
		{ ...template, options: { dryRun: true } },
		{ template: { __rl: true, mode: 'id', value: '393881433990066176' } },
	),
	'images.source': image({ source: 'binary' }),
	'images.url': image({ url: other }),
	'images.binaryField': image({ binaryField: 'other' }, { source: 'binary' }),
	'texts.value': change(
		{ ...beasts, ...beast('a lion'), options: { dryRun: true } },
		beast('a newt'),
	),
};

async function submit(seconds: number, more: INodeParameters = {}): Promise<INodeExecutionData> {
	const { items, error } = await runNode({
		parameters: {
			prompt: `{{sandbox seconds=${seconds}}} A paper boat`,
			waitForCompletion: false,
			...more,
		},
		credentials: keys(),
	});
	if (error) throw new Error(error.message);
	return { json: items[0].json };
}

/** A change for a task that takes so many seconds, made for the run. */
const asked =
	(seconds: number, base: INodeParameters, changed: INodeParameters, count = 1): Change =>
	async () => {
		const items: INodeExecutionData[] = [];
		while (items.length < count) items.push(await submit(seconds));
		if (seconds < 10) sandbox.advance(10_000);
		sandbox.clearRequests();
		const { taskId, taskRef } = items[0].json;
		const filled = (parameters: INodeParameters) =>
			JSON.parse(
				JSON.stringify(parameters).replace('ID', String(taskId)).replace('REF', String(taskRef)),
			) as INodeParameters;
		return [
			{ parameters: filled(base), items },
			{ parameters: filled({ ...base, ...changed }), items },
		];
	};

const listed =
	(base: INodeParameters, changed: INodeParameters): Change =>
	async () => {
		await submit(1, { model: 'MiniMax-H3' });
		await submit(600, { model: 'MiniMax-H3-Max' });
		sandbox.advance(10_000);
		const list = { operation: 'list', provider: 'minimax', ...base };
		return [{ parameters: list }, { parameters: { ...list, ...changed } }];
	};

const untilDone = { operation: 'wait', downloadVideo: false };

const query: Record<string, Change> = {
	operation: asked(1, {}, { operation: 'download' }),
	task: asked(1, {}, { task: 'minimax:v1:1' }),
	provider: asked(1, { task: 'ID' }, { provider: 'minimax' }),
	taskKind: asked(1, { task: 'ID', provider: 'minimax' }, { taskKind: 'template' }),
	routeByStatus: asked(1, {}, { routeByStatus: false }),
	returnAll: listed({ limit: 1 }, { returnAll: true }),
	limit: listed({ limit: 2 }, { limit: 1 }),
	'filters.createdAfter': listed({}, { filters: { createdAfter: '2100-01-01T00:00:00Z' } }),
	'filters.model': listed({}, { filters: { model: 'MiniMax-H3' } }),
	'filters.status': listed({}, { filters: { status: 'completed' } }),
	'wait.timeoutMinutes': asked(120, untilDone, { wait: { timeoutMinutes: 0.5 } }),
	'wait.pollIntervalSeconds': asked(120, untilDone, { wait: { pollIntervalSeconds: 60 } }),
	'wait.onTimeout': asked(
		240,
		{ ...untilDone, wait: { timeoutMinutes: 0.1 } },
		{ wait: { timeoutMinutes: 0.1, onTimeout: 'returnPending' } },
	),
	downloadVideo: asked(1, { operation: 'wait' }, { downloadVideo: false }),
	'download.binaryField': asked(
		1,
		{ operation: 'download' },
		{ download: { binaryField: 'film' } },
	),
	'download.maxSizeMb': asked(1, { operation: 'download' }, { download: { maxSizeMb: 0.001 } }),
	recordTask: asked(1, {}, { recordTask: true }),
	'taskTable.name': asked(1, { recordTask: true }, { taskTable: { name: 'Films' } }),
	'taskTable.label': asked(1, { recordTask: true }, { taskTable: { label: 'spring' } }),
	'options.concurrency': asked(1, {}, { options: { concurrency: 1 } }, 6),
	'options.simplify': asked(1, {}, { options: { simplify: false } }),
};

const nodeCases = {
	hailuoGenerateVideo: generate,
	hailuoQueryTask: query,
	hailuoTemplateVideo: templateVideo,
};

const anHour = 3600_000;
/** A poll ends at once when nothing is left to watch. */
const enoughPolls = 10;

/** Tasks end while a trigger is active: two of MiniMax with different models, one that fails, one elsewhere. */
async function observeTrigger(parameters: INodeParameters): Promise<string> {
	table.create('Films');
	table.create('Hailuo Tasks');
	const recorded = { recordTask: true };
	const one = await submit(900, { ...recorded, taskTable: { label: 'spring' } });
	const two = await submit(900, { ...recorded, model: 'MiniMax-H3' });
	await submit(900, { ...recorded, prompt: '{{sandbox seconds=900 fail=1027}} A boat' });
	await submit(900, { provider: 'apiframe' });
	const named = JSON.stringify(parameters)
		.replace('ONE', String(one.json.taskRef))
		.replace('TWO', String(two.json.taskRef));
	const trigger = new TriggerWorkflow({
		parameters: JSON.parse(named) as INodeParameters,
		credentials: keys(),
	});
	await trigger.activate();
	sandbox.advance(anHour);
	for (let polls = 0; polls < enoughPolls; polls++) await trigger.poll();
	return JSON.stringify(trigger.items.map((item) => steady(shapeOf(item))).sort());
}

const quiet = { downloadVideo: false };
const onTable = (changed: INodeParameters) => [quiet, { ...quiet, ...changed }];
const onAccount = { ...quiet, source: 'account' };
const onList = { ...quiet, source: 'taskList' };

const trigger: Record<string, INodeParameters[]> = {
	events: onTable({ events: ['failed'] }),
	source: onTable({ source: 'account' }),
	taskTableName: onTable({ taskTableName: 'Films' }),
	label: onTable({ label: 'spring' }),
	model: onTable({ model: 'MiniMax-H3' }),
	'options.simplify': onTable({ options: { simplify: false } }),
	provider: [onAccount, { ...onAccount, provider: 'apiframe' }],
	tasks: [
		{ ...onList, tasks: 'ONE' },
		{ ...onList, tasks: 'ONE, TWO' },
	],
	downloadVideo: [{}, quiet],
	'download.binaryField': [{}, { download: { binaryField: 'film' } }],
	'download.maxSizeMb': [{}, { download: { maxSizeMb: 0.001 } }],
};

beforeEach(() => startAfresh());

function startAfresh() {
	sandbox.reset();
	sandbox.configure({ rateLimits: false });
	table.reset();
	forgetEverything();
}

describe.each(Object.entries(nodeCases))('%s', (type, cases) => {
	test('every field has its case', async () => {
		expect(Object.keys(cases).sort()).toEqual(await leavesOf(type));
	});

	test.each(Object.entries(cases))('%s changes something', async (_, prepare) => {
		const seen: string[] = [];
		for (const index of [0, 0, 1]) {
			startAfresh();
			seen.push(await observe(type, (await prepare())[index]));
		}
		const [unchanged, again, changed] = seen;
		expect(again).toBe(unchanged);
		expect(changed).not.toBe(unchanged);
	});
});

describe('hailuoTrigger', () => {
	test('every field has its case', async () => {
		expect(Object.keys(trigger).sort()).toEqual(await leavesOf('hailuoTrigger'));
	});

	test.each(Object.entries(trigger))('%s changes what fires', async (_, [base, changed]) => {
		const seen: string[] = [];
		for (const parameters of [base, base, changed]) {
			startAfresh();
			seen.push(await observeTrigger(parameters));
		}
		const [unchanged, again, otherwise] = seen;
		expect(unchanged).not.toBe('[]');
		expect(again).toBe(unchanged);
		expect(otherwise).not.toBe(unchanged);
	});
});

/** Paths of the fields that hold a value: a collection only holds others. */
async function leavesOf(type: string): Promise<string[]> {
	const nodes = await packageNodes();
	const node = nodes.find(({ description }) => description.name === type);
	if (!node) throw new Error(`There is no node ${type}`);
	return fieldsOf(node.description.properties)
		.filter(({ field }) => !['notice', 'collection', 'fixedCollection'].includes(field.type))
		.map(({ path }) => path)
		.sort();
}
