import { plainCreate, providerOf } from './ask';
import { fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

const accepted: Readonly<Record<string, object>> = {
	minimax: { task_id: '7', base_resp: { status_code: 0 } },
	toapis: { id: '7', status: 'queued' },
	runware: { data: [{ taskType: 'videoInference', taskUUID: uuid }] },
	apiframe: { jobId: '7', status: 'QUEUED' },
};

const minutes = 60_000;

describe.each(Object.entries(accepted))('a create at %s', (vendor, body) => {
	const provider = providerOf(vendor);
	const connect = () => fakeConnection(baseUrls[vendor], [{ body }]);

	it('gets more time for its answer than a question, and the more the larger it is', async () => {
		const small = connect();
		await provider.create(small, plainCreate(vendor));
		expect(small.requests[0].timeout).toBeGreaterThanOrEqual(5 * minutes);

		const large = connect();
		const prompt = 'x'.repeat(6_000_000);
		const request = produce(provider, { mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3' });
		await provider.create(large, {
			...request,
			body: Array.isArray(request.body)
				? [{ ...(request.body[0] as object), positivePrompt: prompt }]
				: { ...(request.body as object), prompt },
		});
		expect(large.requests[0].timeout).toBeGreaterThanOrEqual(8 * minutes);

		const question = connect();
		const reference = { provider: vendor, kind: provider.kinds[0].kind, id: uuid };
		await provider.status(question, [reference], [{ results: 1 }]);
		expect(question.requests[0].timeout).toBeLessThan(2 * minutes);
	});

	it('is recovered by its own means for as long as the vendor keeps them', () => {
		const hours = { minimax: 7 * 24, runware: 24, apiframe: 23 }[vendor];
		expect(provider.recoverableFor).toBe(hours === undefined ? undefined : hours * 60 * minutes);
		expect(provider.recover === undefined).toBe(hours === undefined);
	});
});

it('a create that Apiframe is sent once more gets as much time', async () => {
	const connection = fakeConnection(baseUrls.apiframe, [{ body: accepted.apiframe }]);
	const sent = { from: 0, to: 1 };
	await providerOf('apiframe').recover?.(connection, plainCreate('apiframe'), sent);
	expect(connection.requests[0].timeout).toBeGreaterThanOrEqual(5 * minutes);
});
