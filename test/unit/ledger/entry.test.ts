import { LedgerEntry } from '../../../video/ledger/entry';
import { SharedOrders, type Way } from '../../support/sharedOrders';
import { Simulation } from '../../support/simulation';

const key = 'sku-1';

/** Milliseconds to the table, for one request after the other; the last one for all that follow. */
function* waysOf(there: readonly number[]): Generator<Way, never> {
	for (let index = 0; ; index++) {
		yield { there: there[Math.min(index, there.length - 1)], back: 1, lost: undefined };
	}
}

/** Two processes that send an order under one key: who of them may. */
async function race(processes: ReadonlyArray<{ begins: number; there: readonly number[] }>) {
	const simulation = new Simulation();
	const orders = new SharedOrders(simulation.now, () => ({ there: 1, back: 1, lost: undefined }));
	const send = async ({ begins, there }: (typeof processes)[number], index: number) => {
		const { host } = simulation.connection(() => Promise.reject(new Error('unused')));
		const ways = waysOf(there);
		const rows = orders.of(host, key, () => ways.next().value);
		const vendors = [{ provider: 'fake', request: 'prompt=1', facts: {} }];
		const table = `process ${index}`;
		const entry = new LedgerEntry(rows, host, { key, table, vendors, nameOf: (name) => name });
		await simulation.sleep(begins);
		const made = await entry.send('fake', `create ${index}`, simulation.now() + 60_000);
		return made ? `sees row ${made.row}` : 'sends';
	};
	return { sent: await simulation.run(Promise.all(processes.map(send))), rows: orders.rows };
}

test('a row that becomes visible late puts away a later one whose process has not seen it', async () => {
	const { sent, rows } = await race([
		// Looks, looks for its row, inserts row 1, which is visible 100 ms later.
		{ begins: 0, there: [1, 1, 1, 100, 1] },
		// Inserts row 2 meanwhile and sees only that; its step to send it takes half a second.
		{ begins: 4, there: [1, 1, 1, 1, 1, 500, 1] },
	]);
	expect(sent).toEqual(['sends', 'sees row 1']);
	expect(rows).toMatchObject([
		{ row: 1, state: 'sending' },
		{ row: 2, state: 'cancelled', failure: 'The same order was made elsewhere' },
	]);
});

test.each([
	['was sent before it could be put away', [1, 1, 1, 100, 1], [1]],
	['is sent between the look and that step', [1, 1, 1, 100, 1, 50, 1], [1, 1, 1, 1, 1, 120, 1]],
])('a later one that %s counts', async (_, first, later) => {
	const { sent, rows } = await race([
		{ begins: 0, there: first },
		{ begins: 4, there: later },
	]);
	expect(sent).toEqual(['sees row 2', 'sends']);
	expect(rows).toMatchObject([{ state: 'cancelled' }, { state: 'sending' }]);
});
