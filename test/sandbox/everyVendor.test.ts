import { testedVendors } from '../support/vendors';
import { authOf, call, type Reply } from './client';
import { create, createNames, creates, isAccepted } from './creates';
import { sandbox, still, useSandbox } from './world';

useSandbox({ config: { secondsPerTask: 10 }, clock: still });

describe('a text that asks for a refusal', () => {
	it.each(createNames)('gets it at %s, and costs nothing', async (name) => {
		const text = 'a lighthouse {{sandbox refuse=content}}';
		const { status, json } = await create(sandbox, name, { text });
		expect([status, json]).toMatchObject(creates[name].refusedPrompt);
		expect([sandbox.tasks(), sandbox.charges()]).toEqual([[], []]);
		expect(isAccepted(await create(sandbox, name, { text: '{{sandbox refuse=no}}' }))).toBe(true);
	});
});

describe('names that every object has', () => {
	const words = ['constructor', '__proto__', 'toString'];

	it.each(createNames)('are no model of %s', async (name) => {
		const field = name === 'MiniMax templates' ? 'template_id' : 'model';
		for (const word of words) {
			const answer = await create(sandbox, name, { change: { [field]: word } });
			expect([word, answer.status, isAccepted(answer)]).toEqual([
				word,
				creates[name].refusedPrompt[0] === 200 ? 200 : 400,
				false,
			]);
		}
		expect(sandbox.tasks()).toEqual([]);
	});

	it('are no resolution, no parameter and no task type', async () => {
		for (const word of words) {
			const change = { resolution: word };
			const refused: Reply[] = [
				await create(sandbox, 'MiniMax V1', { change }),
				await create(sandbox, 'MiniMax V2', { change }),
				await create(sandbox, 'Runware', { change: { ...change, model: 'minimax:h3@0' } }),
				await create(sandbox, 'Apiframe', { change: { [word]: 1 } }),
				await create(sandbox, 'Runware', { change: { taskType: word } }),
			];
			expect(refused.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400]);
			expect(refused.map(isAccepted)).toEqual(refused.map(() => false));
		}
		expect(sandbox.requests().map(({ step }) => step)).not.toContain('constructor');
	});
});

describe('a form that cannot be read', () => {
	const addresses = testedVendors.flatMap(({ vendor, uploads = [] }) =>
		uploads.map((path) => [vendor, path] as const),
	);
	it.each(addresses)('is refused at %s %s', async (vendor, path) => {
		for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
			const response = await fetch(`${sandbox.baseUrl(vendor)}${path}`, {
				method: 'POST',
				headers: {
					'Content-Type': type,
					...authOf(vendor),
				},
				body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf',
			});
			expect([type, response.status]).toEqual([type, 400]);
		}
	});
});

describe('the role that a key plays', () => {
	it.each([
		['bad', true],
		['bad-key', true],
		['my-bad-key', true],
		['sk_bad_1', true],
		['abadcafe', false],
		['sk-Zbad', false],
		['badger-1', false],
	])('%s is refused: %s', async (key, isRefused) => {
		for (const name of createNames) {
			expect([name, isAccepted(await create(sandbox, name, { key }))]).toEqual([name, !isRefused]);
		}
	});

	it('is a whole word for the other roles too', async () => {
		expect(isAccepted(await create(sandbox, 'MiniMax V1', { key: 'sk-poorly' }))).toBe(true);
		const jobs = async (key: string) =>
			(await call(sandbox, 'apiframe', '/v2/jobs?scope=team', { key })).status;
		expect([await jobs('remember'), await jobs('a-member')]).toEqual([200, 403]);
		const me = async (key: string) => (await call(sandbox, 'apiframe', '/v2/me', { key })).status;
		expect([await me('inactivex'), await me('inactive-1')]).toEqual([200, 403]);
		const body = [{ taskType: 'accountManagement', operation: 'getDetails' }];
		const account = async (key: string) =>
			(await call(sandbox, 'runware', '', { body, key })).status;
		expect([await account('unrestricted'), await account('is-restricted')]).toEqual([200, 403]);
	});
});

describe('a rate limit', () => {
	const limited = createNames.filter((name) => creates[name].rateLimit);
	const limitOf = (name: string, requests: number) => ({
		[String(creates[name].rateLimit)]: { requests, windowSeconds: 10 },
	});

	it('is off at Runware and Apiframe, who publish none', () => {
		expect(sandbox.config().rateLimits).toMatchObject({
			countRefused: false,
			minimaxV1: { requests: 20, windowSeconds: 60 },
			runware: null,
			apiframe: null,
		});
	});

	it.each(limited)('can be lower than documented at %s', async (name) => {
		sandbox.configure({ rateLimits: limitOf(name, 2) });
		const accepted: boolean[] = [];
		for (let index = 0; index < 3; index += 1) {
			accepted.push(isAccepted(await create(sandbox, name)));
		}
		expect(accepted).toEqual([true, true, false]);
		sandbox.advance(10_000);
		expect(isAccepted(await create(sandbox, name))).toBe(true);
		expect(sandbox.charges()).toHaveLength(3);
	});

	it.each(limited)('counts refused requests at %s only if it is told to', async (name) => {
		/** A client that asks every six seconds, where one request in ten seconds is allowed. */
		const patience = async (countRefused: boolean): Promise<boolean[]> => {
			sandbox.reset();
			sandbox.configure({ rateLimits: { countRefused, ...limitOf(name, 1) } });
			const accepted: boolean[] = [];
			for (let index = 0; index < 4; index += 1) {
				accepted.push(isAccepted(await create(sandbox, name)));
				sandbox.advance(6000);
			}
			return accepted;
		};
		expect(await patience(false)).toEqual([true, false, true, false]);
		expect(await patience(true)).toEqual([true, false, false, false]);
	});

	it('says when there is room again, refused requests included', async () => {
		const toapisSubmit = { requests: 2, windowSeconds: 10 };
		sandbox.configure({ rateLimits: { countRefused: true, toapisSubmit } });
		for (let index = 0; index < 3; index += 1) {
			await create(sandbox, 'ToAPIs');
			sandbox.advance(1000);
		}
		const { status, headers } = await create(sandbox, 'ToAPIs');
		expect([status, headers.get('retry-after'), headers.get('x-ratelimit-remaining')]).toEqual([
			429,
			'9',
			'0',
		]);
		sandbox.advance(8000);
		expect((await create(sandbox, 'ToAPIs')).status).toBe(429);
	});
});

it('has an order of every kind of task that is valid', async () => {
	for (const name of createNames) {
		expect([name, isAccepted(await create(sandbox, name))]).toEqual([name, true]);
	}
	expect(sandbox.tasks().map(({ vendor }) => vendor)).toEqual(
		createNames.map((name) => creates[name].vendor),
	);
});
