import { sandboxKeys } from '../../harness/engine/additionalData';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';
import { neededScopes } from '../../nodes/shared/taskTable/access';
import { openSession } from './shared';
import { TableApi } from './tableApi';

jest.setTimeout(120_000);

const name = 'Old Rows';
const day = 86_400_000;

test('rows that ended long ago are deleted from a table of a real n8n, and no others', async () => {
	const time = simulateTime();
	const sandbox = await time.startSandbox();
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
		const kept = ['queued', 'processing', 'archived'];
		const deleted = ['completed', 'failed', 'expired', 'cancelled'];
		await table.insert([...kept.slice(1), ...deleted].map((status) => ({ status })));
		const left = async () => (await table.page({})).map(({ status }) => status);

		const trigger = new TriggerWorkflow({
			parameters: { source: 'taskTable', taskTableName: name, options: { deleteAfterDays: 30 } },
			credentials,
		});
		await trigger.activate();
		await trigger.poll();
		expect(await left()).toEqual([...kept, ...deleted]);

		// Longer than the current month, too.
		await time.sleep(70 * day);
		await trigger.poll();
		await trigger.poll();
		// Its vendor has forgotten the task of the first row: nobody is to wait for it.
		expect((await left()).slice(1)).toEqual(kept.slice(1));
	} finally {
		await sandbox.close();
	}
});
