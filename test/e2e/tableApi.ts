export interface Row {
	readonly id: number;
	readonly status: string;
	readonly taskRef: string | null;
}

interface Filter {
	readonly columnName: string;
	readonly condition: string;
	readonly value: string;
}

const json = { 'content-type': 'application/json' };
const ended = ['failed', 'cancelled', 'expired'];

/** A task table, through n8n's public API. */
export class TableApi {
	private constructor(
		private readonly url: string,
		private readonly apiKey: string,
	) {}

	/** `n8n` is the editor's address. */
	static async open(n8n: string, apiKey: string, name = 'Hailuo Tasks'): Promise<TableApi> {
		const api = new TableApi(`${n8n}/api/v1/data-tables`, apiKey);
		const filter = encodeURIComponent(JSON.stringify({ name }));
		const { data } = await api.call<{ data: Array<{ id: string }> }>('GET', `?filter=${filter}`);
		if (data.length !== 1) throw new Error(`There are ${data.length} tables of the name ${name}.`);
		return new TableApi(`${n8n}/api/v1/data-tables/${data[0].id}`, apiKey);
	}

	/** The rows under an order key whose order has not come to nothing. */
	async live(key: string): Promise<Row[]> {
		const rows = await this.page({ filters: [is('orderKey', key)] });
		return rows.filter(({ status }) => !ended.includes(status));
	}

	/** As if a create under this key had had all the time that it is given. */
	async letTimePass(key: string) {
		const filter = { type: 'and', filters: [is('orderKey', key), is('status', 'sending')] };
		const data = { nextCheckAt: new Date().toISOString() };
		await this.call('PATCH', '/rows/update', { filter, data });
	}

	async insert(rows: ReadonlyArray<Record<string, unknown>>) {
		await this.call('POST', '/rows', { data: rows, returnType: 'count' });
	}

	/** At most 250 rows, above one with this number. */
	async page({ above, filters = [] }: { above?: number; filters?: readonly Filter[] }) {
		const all = [
			...filters,
			...(above === undefined ? [] : [{ columnName: 'id', condition: 'gt', value: above }]),
		];
		const filter = encodeURIComponent(JSON.stringify({ type: 'and', filters: all }));
		const query = `sortBy=id%3Aasc&limit=250&filter=${filter}`;
		return (await this.call<{ data: Row[] }>('GET', `/rows?${query}`)).data;
	}

	private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			// n8n closes idle connections in the moment in which they are used again.
			headers: { ...json, 'x-n8n-api-key': this.apiKey, connection: 'close' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`n8n answered ${response.status} to ${path}: ${text}`);
		return JSON.parse(text) as T;
	}
}

const is = (columnName: string, value: string): Filter => ({
	columnName,
	condition: 'eq',
	value,
});
