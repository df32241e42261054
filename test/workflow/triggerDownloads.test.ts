// n8n reads it when it is loaded.
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';

import { Container } from '@n8n/di';
import { readdirSync } from 'node:fs';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import { onTable, pollFor, record, useTriggers } from './triggerWorld';
import { keys, sandbox } from './world';

useTriggers();
beforeAll(async () => await Container.get(BinaryDataService).init());

const filesOnDisk = () =>
	readdirSync(Container.get(BinaryDataConfig).localStoragePath, { recursive: true })
		.map(String)
		.filter((name) => name.includes('binary_data/'));

async function completed(parameters: object = {}, prompt = '{{sandbox seconds=5}}') {
	const trigger = await onTable({ downloadVideo: true, ...parameters }).activate();
	const reference = await record('minimax', prompt);
	sandbox.advance(60_000);
	await pollFor(trigger, 1);
	return { trigger, reference };
}

describe('the video of an event', () => {
	test('is stored under the execution that it starts, which n8n deletes it with; the poll stores nothing', async () => {
		const { trigger, reference } = await completed({ download: { binaryField: 'clip' } });
		expect(trigger.items[0].binary).toBeUndefined();
		expect(filesOnDisk()).toEqual([]);
		const [item] = await trigger.execution(trigger.items, '4711');
		expect(item.json).toMatchObject({ event: 'completed', taskRef: reference });
		expect(item.binary?.clip).toMatchObject({ mimeType: 'video/mp4' });
		expect(item.binary?.clip.id).toContain('/executions/4711/');
		expect(filesOnDisk().length).toBeGreaterThan(0);
		await Container.get(BinaryDataService).deleteMany([
			{ type: 'execution', workflowId: 'workflow', executionId: '4711' },
		]);
		expect(filesOnDisk()).toEqual([]);
	});

	test('that cannot be had leaves the event, with its link and the reason', async () => {
		const { trigger, reference } = await completed();
		sandbox.inject({ vendor: 'minimax', step: 'download', kind: 'serverError', times: 'always' });
		const [item] = await trigger.execution(trigger.items);
		expect(item.json).toMatchObject({
			taskRef: reference,
			videoUrl: expect.stringContaining('http'),
			downloadSkipped: expect.any(String),
		});
		expect(item.binary).toBeUndefined();
	});

	test('whose link has expired until the execution runs comes with a fresh one', async () => {
		const { trigger } = await completed();
		const { videoUrl } = trigger.items[0].json;
		sandbox.advance(2 * 3_600_000);
		const [item] = await trigger.execution(trigger.items);
		expect(item.binary?.data.mimeType).toBe('video/mp4');
		expect(item.json.videoUrl).not.toBe(videoUrl);
		expect(item.json.downloadSkipped).toBeUndefined();
	});

	test('a vendor whose credential was taken away leaves the event', async () => {
		const { trigger } = await completed();
		const { hailuoTaskTableApi } = keys();
		trigger.credentials = { hailuoTaskTableApi };
		const [item] = await trigger.execution(trigger.items);
		expect(item.json.downloadSkipped).toMatch(/no credential for MiniMax/);
	});

	test('several videos of one task, and failed tasks without one', async () => {
		const trigger = await onTable({ downloadVideo: true }).activate();
		await record('minimax', '{{sandbox seconds=5 fail=1027}}');
		sandbox.advance(60_000);
		await pollFor(trigger, 1);
		const items = await trigger.execution([...trigger.items, { json: { another: 'item' } }]);
		expect(items.map(({ json, binary }) => [json.event ?? json.another, binary])).toEqual([
			['failed', undefined],
			['item', undefined],
		]);
	});

	test('comes with the sample of the editor, too', async () => {
		const { trigger } = await completed();
		const [item] = await trigger.sample();
		expect(item.binary?.data.mimeType).toBe('video/mp4');
	});
});
