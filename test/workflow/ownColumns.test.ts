import type { INodeParameters } from 'n8n-workflow';
import { columns as ourColumns } from '../../nodes/shared/taskTable/rows';
import type { NodeRun } from '../../harness/engine/runNode';
import { runAndRead } from './labels';
import { onTable, pollFor, useTriggers } from './triggerWorld';
import { keys, sandbox, table } from './world';

/** Columns of the person's own in the task table: from the form into the row, and on into the event. */
useTriggers();

async function generate(
	columns: Array<{ name: unknown; value?: unknown }>,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) {
	const { taskTable = {}, ...others } = parameters;
	return await runAndRead({
		parameters: {
			prompt: '{{sandbox seconds=20}}',
			waitForCompletion: false,
			recordTask: true,
			taskTable: { ...(taskTable as object), columns: { items: columns } } as INodeParameters,
			...others,
		},
		credentials: keys(),
		...more,
	});
}

const campaign = { name: 'campaign', value: 'spring' };
const fromRow = [
	{ name: 'sku', value: '={{ $json.sku }}' },
	{ name: 'rank', value: '={{ $json.rank }}' },
];

test('a new table is made with them, right after the person’s other words', async () => {
	table.tables.length = 0;
	const { hints } = await generate(fromRow, {}, { items: [{ json: { sku: 'boat', rank: 7 } }] });
	expect(table.tables[0].columns.slice(0, 6).map(({ name }) => name)).toEqual([
		...['label', 'orderKey', 'sku', 'rank', 'prompt', 'status'],
	]);
	expect(table.rows).toMatchObject([{ sku: 'boat', rank: '7', status: 'queued' }]);
	expect(hints.join()).not.toContain('column');
});

test('an older table gets those that it lacks', async () => {
	table.allowColumns();
	const { hints } = await generate([campaign]);
	expect(table.rows).toMatchObject([{ campaign: 'spring' }]);
	expect(table.tables[0].columns.at(-1)).toEqual({ name: 'campaign', type: 'string' });
	expect(hints.join()).not.toContain('column');
});

test('where the key may not add them the video is made and recorded, and a sentence says so', async () => {
	const { hints, error } = await generate([campaign]);
	expect(error).toBeUndefined();
	expect(table.rows).toMatchObject([{ status: 'queued' }]);
	expect(hints.join(' ')).toMatch(
		/The task table has no column campaign.+scope dataTableColumn:create, or add the column/,
	);
});

test('a column that the person has made takes what fits its type, whatever its case', async () => {
	const made = [
		{ name: 'Price', type: 'number' },
		{ name: 'due', type: 'date' },
		{ name: 'live', type: 'boolean' },
		{ name: 'stock', type: 'number' },
	];
	table.tables[0].columns = [...table.tables[0].columns, ...made];
	const { hints } = await generate([
		{ name: 'price', value: '9.5' },
		{ name: 'due', value: '2026-12-24' },
		{ name: 'live', value: 'yes' },
		{ name: 'stock', value: 'plenty' },
	]);
	expect(table.rows).toMatchObject([
		{ Price: 9.5, due: '2026-12-24T00:00:00.000Z', live: true, stock: null, status: 'queued' },
	]);
	expect(hints.join(' ')).toMatch(/column stock .+ type number, and “plenty” is none/);
});

test('with an order key they are in the row before anything is sent, and stay', async () => {
	table.tables.length = 0;
	sandbox.inject({ vendor: 'minimax', step: 'create', kind: 'noAnswerAfterRead' });
	const order = { taskTable: { orderKey: 'boat' } };
	await generate([campaign], order, { node: { onError: 'continueRegularOutput' } });
	expect(table.rows).toMatchObject([{ orderKey: 'boat', status: 'sending', campaign: 'spring' }]);
	table.tables.length = 0;
	await generate([campaign], order);
	await generate([{ name: 'campaign', value: 'autumn' }], order);
	expect(table.rows).toMatchObject([{ orderKey: 'boat', campaign: 'spring' }]);
});

test('each item has its own, and the table is opened once', async () => {
	table.tables.length = 0;
	const items = Array.from({ length: 8 }, (_, n) => ({ json: { sku: `sku ${n}` } }));
	await generate(fromRow.slice(0, 1), {}, { items });
	expect(table.rows.map(({ sku }) => sku).sort()).toEqual(items.map(({ json }) => json.sku));
	expect(table.requests.filter((one) => one === 'POST /data-tables')).toHaveLength(1);
});

test('the event of the trigger has them', async () => {
	table.tables.length = 0;
	table.create('Hailuo Tasks', [...ourColumns, { name: 'byHand', type: 'string' }]);
	table.allowColumns();
	const trigger = await onTable().activate();
	await generate([campaign, { name: 'none', value: '={{ $json.none }}' }]);
	table.rows[0].byHand = 'checked';
	sandbox.advance(60_000);
	await pollFor(trigger, 1);
	expect(trigger.items[0].json.columns).toEqual({ campaign: 'spring', byHand: 'checked' });
	await generate([]);
	sandbox.advance(60_000);
	await pollFor(trigger, 2);
	expect(trigger.items[1].json).not.toHaveProperty('columns');
});

test.each([
	[[{ name: 'Prompt', value: 'x' }], /has a column Prompt of its own/],
	[[{ name: 'createdat', value: 'x' }], /has a column createdat of its own/],
	[[{ name: 'id', value: 'x' }], /has a column id of its own/],
	[[{ name: 'dryRunState', value: 'x' }], /has a column dryRunState of its own/],
	[[{ name: 'my column', value: 'x' }], /“my column” cannot be the name of a column/],
	[[{ name: '1st', value: 'x' }], /“1st” cannot be the name of a column/],
	[[{ name: 'a'.repeat(64), value: 'x' }], /cannot be the name of a column/],
	[[{ name: ' ', value: 'x' }], /has a column without a name/],
	[[campaign, { name: 'Campaign', value: 'x' }], /has “Campaign” twice/],
	[[{ name: 'campaign', value: '={{ [1] }}' }], /value of campaign is a list or an object/],
])('%j is refused before anything is sent or written', async (columns, sentence) => {
	const { error } = await generate(columns);
	expect(error?.message).toMatch(sentence);
	expect(error?.description).toBeTruthy();
	expect(sandbox.requests()).toHaveLength(0);
	expect(table.rows).toHaveLength(0);
});

test.each(ourColumns.map(({ name }) => name))('our column %s is never theirs', async (name) => {
	const { error } = await generate([{ name: name.toUpperCase(), value: 'x' }]);
	expect(error?.message).toContain('of its own');
});
