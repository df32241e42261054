import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { fieldsOf } from '../../scripts/docs/fields';
import { packageNodes } from '../../harness/package';
import { type Change, generate, type Run, templateVideo } from './fieldCases';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { keys, sandbox, startAfresh, submit, table, useSandbox, useTaskTable } from './world';

/** No field is dead: each one, changed alone, changes what is sent, given out or written. */
jest.setTimeout(60_000);
useSandbox(simulateTime(), { rateLimits: false });
useTaskTable();

/** What differs from run to run although nothing was changed. */
const passing =
	/[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{12,}|\d{4}-\d\d-\d\dT[\d:.]+Z|127\.0\.0\.1:\d+|\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;
const steady = (value: unknown) => JSON.stringify(value).replace(passing, '…');

/** The automatic schedule asks more often than this in two minutes, once a minute does not. */
const many = 4;
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
		tables: table.tables.map(({ name, rows }) => [
			name,
			rows.map(({ label, orderKey, campaign, project }) => [label, orderKey, campaign, project]),
		]),
	};
}

const shapeOf = ({ json, binary }: INodeExecutionData) => ({
	json,
	files: Object.entries(binary ?? {}).map(([field, { fileName }]) => [field, fileName]),
});

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

async function task(seconds: number, more: INodeParameters = {}): Promise<INodeExecutionData> {
	return { json: await submit('minimax', `{{sandbox seconds=${seconds}}} A paper boat`, more) };
}

/** A change for a task that takes so many seconds, made for the run. */
const asked =
	(seconds: number, base: INodeParameters, changed: INodeParameters, count = 1): Change =>
	async () => {
		const items: INodeExecutionData[] = [];
		while (items.length < count) items.push(await task(seconds));
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
		await task(1, { model: 'MiniMax-H3' });
		await task(600, { model: 'MiniMax-H3-Max' });
		sandbox.advance(10_000);
		const list = { operation: 'list', provider: 'minimax', ...base };
		return [{ parameters: list }, { parameters: { ...list, ...changed } }];
	};

/** Two recorded tasks, of which one has a label and was ordered under a key. */
const recorded =
	(base: INodeParameters, changed: INodeParameters, items?: INodeExecutionData[]): Change =>
	async () => {
		await task(1, { recordTask: true, taskTable: { orderKey: 'one', label: 'spring' } });
		await task(1, { recordTask: true, model: 'MiniMax-H3', taskTable: { name: 'Films' } });
		sandbox.advance(10_000);
		sandbox.clearRequests();
		return [
			{ parameters: base, items },
			{ parameters: { ...base, ...changed }, items },
		];
	};

const sum = { operation: 'sumUpCosts' };
const byKey = { taskBy: 'orderKey', orderKey: 'one' };

const untilDone = { operation: 'wait', downloadVideo: false };

const query: Record<string, Change> = {
	operation: asked(1, {}, { operation: 'download' }),
	task: asked(1, {}, { task: 'minimax:v1:1' }),
	taskBy: recorded({ orderKey: 'one', task: '' }, { taskBy: 'orderKey' }),
	orderKey: recorded(byKey, { orderKey: 'two' }),
	taskTableName: recorded(sum, { taskTableName: 'Films' }),
	period: recorded(sum, { period: 'yesterday' }),
	scope: recorded({ ...sum, label: 'autumn' }, { scope: 'label' }),
	label: recorded({ ...sum, scope: 'label', label: 'spring' }, { label: 'autumn' }),
	groupBy: recorded(sum, { groupBy: 'model' }),
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
	'download.fileName': asked(1, { operation: 'download' }, { download: { fileName: 'boat' } }),
	'download.maxSizeMb': asked(1, { operation: 'download' }, { download: { maxSizeMb: 0.001 } }),
	recordTask: asked(1, {}, { recordTask: true }),
	'taskTable.name': asked(1, { recordTask: true }, { taskTable: { name: 'Films' } }),
	'taskTable.label': asked(1, { recordTask: true }, { taskTable: { label: 'spring' } }),
	'options.concurrency': asked(1, {}, { options: { concurrency: 1 } }, 6),
	'options.includeInputFields': recorded(
		{ ...byKey, options: { includeInputFields: false } },
		{ options: { includeInputFields: true } },
		[{ json: { sku: 'boat' } }],
	),
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
	table.allow('dataTableRow:delete');
	table.create('Films');
	table.create('Hailuo Tasks');
	const recorded = { recordTask: true };
	const one = await task(900, { ...recorded, taskTable: { label: 'spring' } });
	const two = await task(900, { ...recorded, model: 'MiniMax-H3' });
	await task(900, { ...recorded, prompt: '{{sandbox seconds=900 fail=1027}} A boat' });
	await task(900, { provider: 'apiframe' });
	const named = JSON.stringify(parameters)
		.replace('ONE', String(one.json.taskRef))
		.replace('TWO', String(two.json.taskRef));
	const trigger = await new TriggerWorkflow({
		parameters: JSON.parse(named) as INodeParameters,
		credentials: keys(),
	}).activate();
	sandbox.advance(anHour);
	for (let polls = 0; polls < enoughPolls; polls++) await trigger.poll();
	const items = trigger.items.length > 0 ? await trigger.execution(trigger.items) : [];
	const deletes = table.requests.filter((one) => one.startsWith('DELETE')).length;
	return JSON.stringify(
		[...items.map((item) => steady(shapeOf(item))), ...(deletes > 0 ? ['deleted'] : [])].sort(),
	);
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
	'options.deleteAfterDays': onTable({ options: { deleteAfterDays: 1 } }),
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

describe.each(Object.entries(nodeCases))('%s', (type, cases) => {
	test('every field has its case', async () => {
		expect(Object.keys(cases).sort()).toEqual(await leavesOf(type));
	});

	test.each(Object.entries(cases))('%s changes something', async (_, prepare) => {
		const seen: string[] = [];
		for (const index of [0, 0, 1]) {
			startAfresh();
			table.reset();
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
			table.reset();
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
	const fields = fieldsOf(node.description.properties).filter(
		({ field }) => !['notice', 'collection', 'fixedCollection'].includes(field.type),
	);
	// A field that is shown in several cases is there several times.
	return [...new Set(fields.map(({ path }) => path))].sort();
}
