import { providers } from '../../providers';
import { taskKinds, usualKind } from '../support/vendors';
import { plainCreate, providerOf } from './ask';
import { fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

const minutes = 60_000;

const acceptedAt = (vendor: string) => ({ body: usualKind(vendor).accepted(uuid) });

describe.each(providers.map(({ id }) => id))('a create at %s', (vendor) => {
	const provider = providerOf(vendor);
	const connect = () => fakeConnection(baseUrls[vendor], [acceptedAt(vendor)]);

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
		const kinds = taskKinds.filter((one) => one.vendor === vendor);
		const hours = kinds.find(({ recoverableHours }) => recoverableHours)?.recoverableHours;
		expect(provider.recoverableFor).toBe(hours === undefined ? undefined : hours * 60 * minutes);
		expect(provider.recover === undefined).toBe(hours === undefined);
	});
});

it('a create that Apiframe is sent once more gets as much time', async () => {
	const connection = fakeConnection(baseUrls.apiframe, [acceptedAt('apiframe')]);
	const sent = { from: 0, to: 1 };
	await providerOf('apiframe').recover?.(connection, plainCreate('apiframe'), sent);
	expect(connection.requests[0].timeout).toBeGreaterThanOrEqual(5 * minutes);
});
