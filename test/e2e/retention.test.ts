import { sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { clock } from '../../nodes/shared/clock';
import { neededScopes } from '../../nodes/shared/taskTable/n8nApi';
import { startSandbox } from '../../sandbox/server';
import { openSession } from './shared';
import { TableApi } from './tableApi';

jest.setTimeout(120_000);

const name = 'Old Rows';
const day = 86_400_000;

test('rows that ended long ago are deleted from a table of a real n8n, and no others', async () => {
	const sandbox = await startSandbox({ config: { secondsPerTask: 0 } });
	const session = await openSession();
	const apiKey = await session.publicApiKey(name, [...neededScopes, 'dataTableRow:delete']);
	const credentials = {
		...sandboxKeys(sandbox, 'sandbox-key'),
		hailuoTaskTableApi: { apiKey, baseUrl: `${session.url}/api/v1` },
	};
	try {
		const order = { prompt: 'A paper boat', waitForCompletion: false, recordTask: true };
		await runNode({ parameters: { ...order, taskTable: { name } }, credentials });
		const table = await TableApi.open(session.url, apiKey, name);
		const kept = ['processing', 'archived'];
		await table.insert([...kept, 'failed', 'expired', 'cancelled'].map((status) => ({ status })));
		const left = async () => (await table.page({})).map(({ status }) => status);

		const trigger = await new TriggerWorkflow({
			parameters: {
				source: 'taskTable',
				taskTableName: name,
				downloadVideo: false,
				options: { deleteAfterDays: 30 },
			},
			credentials,
		}).activate();
		await trigger.poll();
		expect(await left()).toEqual(['completed', ...kept, 'failed', 'expired', 'cancelled']);

		// Longer than the current month, too.
		const { now } = clock;
		clock.now = () => now() + 70 * day;
		await trigger.poll();
		await trigger.poll();
		expect(await left()).toEqual(kept);
	} finally {
		await sandbox.close();
	}
});
