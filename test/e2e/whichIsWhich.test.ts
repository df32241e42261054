import { saveCredentials } from '../../harness/n8n/examples';
import { itemsOf, oneNode } from '../../harness/n8n/workflows';
import { neededScopes } from '../../nodes/shared/taskTable/n8nApi';
import { credentials, session, useWorld } from './world';

/** What tells videos from each other, in a real n8n: columns, file names, custom data. */
jest.setTimeout(240_000);

const name = `Which ${Date.now()}`;

useWorld({ secondsPerTask: 1 });

let apiKey: string;

beforeAll(async () => {
	const scopes = [...neededScopes, 'dataTableColumn:create', 'execution:read'];
	apiKey = await session.publicApiKey(name, scopes);
	const data = { apiKey, baseUrl: `${session.url}/api/v1` };
	const account = { name, type: 'hailuoTaskTableApi', data };
	Object.assign(credentials, await saveCredentials(session, account));
});

async function publicApi<T>(path: string): Promise<T> {
	const headers = { 'x-n8n-api-key': apiKey, connection: 'close' };
	const response = await fetch(`${session.url}/api/v1${path}`, { headers });
	expect(response.status).toBe(200);
	return (await response.json()) as T;
}

interface Table {
	readonly id: string;
	readonly columns: ReadonlyArray<{ name: string; type: string; index: number }>;
}

async function readTable() {
	const filter = encodeURIComponent(JSON.stringify({ name }));
	const { data } = await publicApi<{ data: Table[] }>(`/data-tables?filter=${filter}`);
	const [{ id, columns }] = data;
	const rows = await publicApi<{ data: Array<Record<string, unknown>> }>(
		`/data-tables/${id}/rows?sortBy=id%3Aasc`,
	);
	const shown = [...columns].sort((one, other) => one.index - other.index);
	return { columns: shown.map((column) => column.name), rows: rows.data };
}

async function generate(columns: Array<{ name: string; value: string }>) {
	const workflow = oneNode(
		'hailuoGenerateVideo',
		{
			prompt: 'A paper boat',
			download: { fileName: '={{ "Red: boat/" + 7 }}' },
			recordTask: true,
			taskTable: { name, columns: { items: columns } },
		},
		credentials,
	);
	const id = await session.startWorkflow(await session.createWorkflow(workflow));
	const execution = await session.waitForExecution(id);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	const [item] = itemsOf(execution, 'Hailuo');
	return { id, item };
}

test('a table is made with one’s own columns, in the order that people see, and gets later ones', async () => {
	const { id, item } = await generate([{ name: 'campaign', value: 'spring' }]);
	expect(item.binary?.data).toMatchObject({ fileName: 'Red boat 7.mp4' });
	const first = await readTable();
	expect(first.columns.slice(0, 9)).toEqual([
		...['label', 'orderKey', 'campaign', 'prompt', 'status'],
		...['videoUrl', 'cost', 'costUnit', 'sentAt'],
	]);
	expect(first.rows).toMatchObject([{ campaign: 'spring', status: 'completed' }]);

	const { customData } = await publicApi<{ customData: Record<string, string> }>(
		`/executions/${id}?includeData=true`,
	);
	expect(customData).toEqual({
		hailuoTasks: item.json.taskRef,
		hailuoVideos: item.json.videoUrl,
		hailuoCost: '0.28 USD',
	});

	await generate([
		{ name: 'Campaign', value: 'autumn' },
		{ name: 'owner', value: 'Olive' },
	]);
	const second = await readTable();
	expect(second.columns).toEqual([...first.columns, 'owner']);
	expect(second.rows).toMatchObject([
		{ campaign: 'spring', owner: null },
		{ campaign: 'autumn', owner: 'Olive', status: 'completed' },
	]);
});
