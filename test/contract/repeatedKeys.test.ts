import { VendorError } from '../../video/failure';
import type { VideoTask } from '../../video/task';
import { create } from './ask';
import { everywhere, failing, look, requestOf } from './everywhere';

describe('a key that the vendor repeats', () => {
	const keys = [
		'sk-abc123DEF456ghi789JKL012',
		'sk-api-Ab1_cD2-eF3gH4iJ5kL6',
		'Xk29dLmP0q7RsT4vW8yZ1bC3eF5gH6jN',
		'afk_1a2b3c4d5e6f7a8b9c0d1e2f',
		'eyJhbGciOiJSUzI1NiJ9.eyJHcm91cE5hbWUi.c2lnbmF0dXJl',
	];
	const texts = keys.flatMap((key) => [
		[key, `Incorrect API key provided: ${key}. You can find it in the console`],
		[key, `${'Many words. '.repeat(23)}The key is: ${key}`],
	]);
	const refusals: Readonly<Record<string, (text: string) => [body: object, status: number]>> = {
		'minimax v1': (text) => [{ base_resp: { status_code: 1004, status_msg: text } }, 200],
		'minimax v2': (text) => [
			{ type: 'error', error: { type: 'authorized_error', message: `${text} (1004)` } },
			401,
		],
		'toapis video': (text) => [{ error: { code: 'unauthorized', message: text } }, 401],
		'runware video': (text) => [{ errors: [{ code: 'invalidApiKey', message: text }] }, 401],
		'apiframe video': (text) => [{ error: text }, 401],
	};

	/** What is shown and saved: of a key not even the beginning. */
	const shows = (key: string, error: VendorError) =>
		[error.message, error.advice, JSON.stringify(error.toFailure())].some((words) =>
			words.includes(key.slice(0, 10)),
		);

	it.each(Object.entries(refusals))('in a refusal of %s is not shown', async (name, refusal) => {
		const [vendor, kind] = name.split(' ');
		for (const [key, text] of texts) {
			const [body, status] = refusal(text);
			const error = (await create(
				vendor,
				{ status, body },
				requestOf(vendor, kind),
			)) as VendorError;
			expect(error).toMatchObject({ category: 'credential', fromVendor: true });
			expect(shows(key, error)).toBe(false);
		}
	});

	it.each(everywhere)('in an undocumented answer of %s (%s) is not shown', async (vendor, kind) => {
		for (const [key, message] of texts) {
			for (const status of [200, 401]) {
				const answer = { status, body: { message } };
				const error = (await create(vendor, answer, requestOf(vendor, kind))) as VendorError;
				expect(error).toBeInstanceOf(VendorError);
				expect(shows(key, error)).toBe(false);
			}
		}
	});

	it.each(failing)(
		'in the failure of a task of %s (%s) is not shown',
		async (vendor, kind, body) => {
			for (const [key, message] of texts) {
				const answer = { body: body({ code: '1004', message }) };
				const { failure } = (await look(vendor, kind, answer, { results: 1 })) as VideoTask;
				expect(failure?.message).toContain('“');
				expect(JSON.stringify(failure)).not.toContain(key.slice(0, 10));
			}
		},
	);
});
