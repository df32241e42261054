import { type IDataObject, type INodeParameters, setGlobalState } from 'n8n-workflow';
import { clock } from '../../nodes/shared/clock';
import { HailuoQueryTask } from '../../nodes/HailuoQueryTask/HailuoQueryTask.node';
import { columns, firstColumns, type RowChange } from '../../nodes/shared/taskTable/rows';
import { providers } from '../../providers';
import type { NodeRun } from '../../harness/engine/runNode';
import { runAndRead, shownCredentials } from './labels';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { table, useTaskTable } from './world';

jest.setTimeout(60_000);
simulateTime();
useTaskTable();

/** A Thursday, one hour after midnight in Tokyo. */
const now = '2026-03-04T16:00:00.000Z';

beforeAll(() => {
	clock.now = () => Date.parse(now);
	setGlobalState({ defaultTimezone: 'Asia/Tokyo' });
});

async function sumUp(parameters: INodeParameters = {}, more: Partial<NodeRun> = {}) {
	const outcome = await runAndRead({
		type: 'hailuoQueryTask',
		parameters: { operation: 'sumUpCosts', ...parameters },
		credentials: { hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl } },
		...more,
	});
	return { ...outcome, sums: outcome.items.map(({ json }) => json) };
}

let made = 0;

function row(row: RowChange & { createdAt?: string }) {
	table.insert({
		taskRef: `minimax:v1:${++made}`,
		provider: 'minimax',
		model: 'MiniMax-Hailuo-2.3',
		status: 'completed',
		cost: 1,
		costUnit: 'USD',
		label: null,
		workflowId: 'workflow',
		...row,
	});
}

const nothing = {
	count: 0,
	completed: 0,
	inProgress: 0,
	failed: 0,
	spentUsd: 0,
	spentCredits: 0,
	unknownCosts: 0,
};

describe('what is counted', () => {
	beforeEach(() => table.create());

	test('what failed costs nothing, what may be paid costs what it would', async () => {
		for (const status of ['failed', 'cancelled', 'expired']) row({ status });
		row({ status: 'completed', cost: 0.1 });
		row({ status: 'processing', cost: 0.2 });
		row({ status: 'queued', cost: 40, costUnit: 'credits' });
		row({ status: 'sending', taskRef: null, sentAt: now, cost: 0.4 });
		const { sums } = await sumUp({ period: 'all' });
		expect(sums).toEqual([
			{
				...nothing,
				count: 7,
				completed: 1,
				inProgress: 3,
				failed: 3,
				spentUsd: 0.7,
				spentCredits: 40,
			},
		]);
	});

	test('a cost that nobody knows is told, and is in no sum', async () => {
		row({ cost: 2 });
		row({ cost: null });
		row({ costUnit: null });
		row({ costUnit: 'EUR' });
		row({ cost: null, status: 'failed' });
		const { sums } = await sumUp();
		expect(sums).toMatchObject([
			{ count: 5, completed: 4, failed: 1, spentUsd: 2, unknownCosts: 3 },
		]);
	});

	test('rows of which nothing was sent are no videos', async () => {
		row({ status: 'reserved', taskRef: null });
		row({ status: 'cancelled', taskRef: null, failure: 'The same order was made elsewhere' });
		row({ status: 'cancelled', taskRef: null, failure: 'The task is in row 1' });
		const { sums } = await sumUp();
		expect(sums).toMatchObject([nothing]);
		expect((await sumUp({ groupBy: 'model' })).sums).toEqual([]);
	});

	test('a table of version 0.1 is summed up as well', async () => {
		table.tables.length = 0;
		table.create(
			'Hailuo Tasks',
			columns.filter(({ name }) => firstColumns.includes(name)),
		);
		row({ cost: 0.28 });
		expect((await sumUp()).sums).toMatchObject([{ count: 1, spentUsd: 0.28 }]);
	});

	test('10,000 rows are read in pages of 250', async () => {
		for (let rows = 0; rows < 9990; rows++) row({ cost: 0.01 });
		table.requests.length = 0;
		expect((await sumUp()).sums).toMatchObject([{ count: 9990, spentUsd: 99.9 }]);
		const pages = table.requests.filter((one) => one.endsWith('/rows'));
		expect(pages.length).toBeLessThanOrEqual(40 + 1 + 4);
	});
});

describe('periods, in the time zone of the workflow', () => {
	const moments = [
		'2026-01-31T14:59:59.999Z',
		'2026-01-31T15:00:00.000Z',
		'2026-02-22T14:59:59.999Z',
		'2026-02-22T15:00:00.000Z',
		'2026-02-28T14:59:59.999Z',
		'2026-02-28T15:00:00.000Z',
		'2026-03-01T14:59:59.999Z',
		'2026-03-01T15:00:00.000Z',
		'2026-03-03T14:59:59.999Z',
		'2026-03-03T15:00:00.000Z',
		'2026-03-04T14:59:59.999Z',
		'2026-03-04T15:00:00.000Z',
	];

	test.each([
		['today', 11, 12],
		['yesterday', 9, 11],
		['thisWeek', 7, 12],
		['lastWeek', 3, 7],
		['thisMonth', 5, 12],
		['lastMonth', 1, 5],
		['all', 0, 12],
	])('%s', async (period, first, end) => {
		table.create();
		for (const [index, createdAt] of moments.entries()) row({ createdAt, cost: 2 ** index });
		const { sums } = await sumUp({ period });
		const spentUsd = 2 ** end - 2 ** first;
		expect(sums).toMatchObject([{ count: end - first, spentUsd }]);
	});

	test('an item says which span it stands for', async () => {
		table.create();
		expect((await sumUp({ period: 'lastWeek' })).sums).toEqual([
			{ from: '2026-02-22T15:00:00.000Z', to: '2026-03-01T15:00:00.000Z', ...nothing },
		]);
	});

	test('days are those of the time zone', async () => {
		table.create();
		for (const createdAt of moments.slice(5)) row({ createdAt });
		const { sums } = await sumUp({ groupBy: 'day' });
		expect(sums.map(({ day, count }) => [day, count])).toEqual([
			['2026-03-01', 2],
			['2026-03-02', 1],
			['2026-03-03', 1],
			['2026-03-04', 2],
			['2026-03-05', 1],
		]);
	});
});

describe('groups and scopes', () => {
	beforeEach(() => {
		table.create();
		row({ label: 'spring', cost: 1 });
		row({ label: 'spring', cost: 2, model: 'MiniMax-H3', workflowId: 'other' });
		row({ label: 'autumn', cost: 4, provider: 'apiframe', costUnit: 'credits' });
		row({ label: '', cost: 8 });
		row({ cost: 16, status: 'failed' });
	});

	const spent = ({ count, spentUsd, spentCredits }: IDataObject) => [count, spentUsd, spentCredits];

	test.each([
		['provider', 'provider', { apiframe: [1, 0, 4], minimax: [4, 11, 0] }],
		['model', 'model', { 'MiniMax-H3': [1, 2, 0], 'MiniMax-Hailuo-2.3': [4, 9, 4] }],
		['label', 'label', { null: [2, 8, 0], autumn: [1, 0, 4], spring: [2, 3, 0] }],
		['workflow', 'workflowId', { other: [1, 2, 0], workflow: [4, 9, 4] }],
		['none', 'absent', { undefined: [5, 11, 4] }],
	])('by %s', async (groupBy, field, groups) => {
		const { sums } = await sumUp({ groupBy });
		expect(sums.map((sum) => [String(sum[field]), spent(sum)])).toEqual(Object.entries(groups));
	});

	test.each([
		[{ scope: 'workflow' }, [4, 9, 4]],
		[{ scope: 'label', label: ' spring ' }, [2, 3, 0]],
		[{ scope: 'table' }, [5, 11, 4]],
	])('of %j', async (parameters, expected) => {
		const { sums } = await sumUp(parameters as INodeParameters);
		expect(sums.map(spent)).toEqual([expected]);
	});

	test('each item of the input gets its own sums', async () => {
		const items = ['spring', 'autumn'].map((label) => ({ json: { label } }));
		const { items: sums } = await sumUp({ scope: 'label', label: '={{ $json.label }}' }, { items });
		expect(sums.map(({ json, pairedItem }) => [json.count, pairedItem])).toEqual([
			[2, { item: 0 }],
			[1, { item: 1 }],
		]);
	});
});

describe('what is wrong is a sentence', () => {
	test.each([
		[{}, /The task table “Hailuo Tasks” does not exist/],
		[{ scope: 'label' }, /Scope is Label, and Label is empty/],
		[{ period: 'fortnight' }, /Period is “fortnight”/],
		[{ taskTableName: ' ' }, /The task table “” does not exist/],
	])('%j', async (parameters, sentence) => {
		const { error } = await sumUp(parameters as INodeParameters);
		expect(error?.message).toMatch(sentence);
		expect(error?.description).not.toBe('');
		expect(table.tables).toHaveLength(0);
	});

	test('an n8n API that is away for a while is waited for, and nothing is counted twice', async () => {
		table.create();
		for (let rows = 0; rows < 300; rows++) row({});
		// Finding the table and the first page succeed, the second page does not.
		table.faults = [0, 0, 503, 502];
		expect((await sumUp()).sums).toMatchObject([{ count: 300 }]);
	});

	test('one that stays away is an error of its item', async () => {
		table.state = 'off';
		const { items } = await sumUp({}, { node: { onError: 'continueRegularOutput' } });
		expect(items[0].json.error).toMatch(/does not accept the API key of the task table/);
	});
});

test('the form asks for the credential of the task table alone', () => {
	const shown = (values: INodeParameters) => shownCredentials(new HailuoQueryTask(), values);
	const vendors = providers.map(({ credential }) => credential);
	expect(shown({ operation: 'sumUpCosts' })).toEqual(['hailuoTaskTableApi']);
	expect(shown({ operation: 'wait', taskBy: 'orderKey' })).toEqual([
		...vendors,
		'hailuoTaskTableApi',
	]);
	expect(shown({})).toEqual(vendors);
	expect(shown({ provider: 'runware', recordTask: true })).toEqual([
		'hailuoRunwareApi',
		'hailuoTaskTableApi',
	]);
	expect(shown({ operation: 'list', provider: 'minimax' })).toEqual(['hailuoMiniMaxApi']);
});
