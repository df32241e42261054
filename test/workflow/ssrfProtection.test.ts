// n8n reads it when it is loaded.
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
process.env.N8N_SSRF_ALLOWED_IP_RANGES = '127.0.0.2/32';

import { CredentialTestContext } from 'n8n-core';
import { testTaskTable } from '../../nodes/shared/taskTable/credentialTest';
import { runNode } from '../../harness/engine/runNode';
import { TriggerWorkflow } from '../../harness/engine/triggerWorkflow';

const allowed: Array<[baseUrl: string, setting: string]> = [
	['http://localhost:1/api/v1', 'N8N_SSRF_ALLOWED_HOSTNAMES=localhost'],
	['http://127.0.0.1:1/api/v1', 'N8N_SSRF_ALLOWED_IP_RANGES=127.0.0.1/32'],
	['http://[::1]:1/api/v1', 'N8N_SSRF_ALLOWED_IP_RANGES=::1/128'],
];

describe('n8n’s SSRF protection is on', () => {
	test.each(allowed)(
		'a task table at %s: the trigger says what to allow',
		async (baseUrl, setting) => {
			const trigger = new TriggerWorkflow({
				parameters: { source: 'taskTable' },
				credentials: { hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl } },
			});
			await expect(trigger.activate()).rejects.toMatchObject({
				message: expect.stringContaining('N8N_SSRF_PROTECTION_ENABLED'),
				description: expect.stringContaining(setting),
			});
		},
	);

	test.each(allowed)(
		'a task table at %s: the credential test says it, too',
		async (baseUrl, setting) => {
			const { status, message } = await testTaskTable.call(new CredentialTestContext({} as never), {
				id: '1',
				name: 'table',
				type: 'hailuoTaskTableApi',
				data: { apiKey: 'n8n-key', baseUrl },
			});
			expect(status).toBe('Error');
			expect(message).toContain(setting);
		},
	);

	test('a vendor at a private address: nothing is sent, and it is not taken for a lost order', async () => {
		const { error } = await runNode({
			parameters: { prompt: 'A lantern', provider: 'toapis', model: 'MiniMax-Hailuo-2.3' },
			credentials: { hailuoToApisApi: { apiKey: 'key', baseUrl: 'http://localhost:1' } },
		});
		expect(error?.message).toContain('N8N_SSRF_PROTECTION_ENABLED');
		expect(error?.message).not.toMatch(/may have (been )?accepted/);
		expect(error?.description).toContain('N8N_SSRF_ALLOWED_HOSTNAMES=localhost');
	});

	test('what is allowed is reached', async () => {
		const trigger = new TriggerWorkflow({
			parameters: { source: 'taskTable' },
			credentials: {
				hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: 'http://127.0.0.2:1/api/v1' },
			},
		});
		await expect(trigger.activate()).rejects.toThrow(/could not be reached/);
	});
});
