import { VendorError } from '../../video/failure';
import type { VideoTask } from '../../video/task';
import { taskKinds } from '../support/vendors';
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
	/** What is shown and saved: of a key not even the beginning. */
	const shows = (key: string, error: VendorError) =>
		[error.message, error.advice, JSON.stringify(error.toFailure())].some((words) =>
			words.includes(key.slice(0, 10)),
		);

	const refusals = taskKinds.flatMap(({ name, refusedKey, ...one }) =>
		refusedKey ? [{ name, refusedKey, ...one }] : [],
	);

	it.each(refusals)('in a refusal of $name is not shown', async ({ vendor, kind, refusedKey }) => {
		for (const [key, text] of texts) {
			const [status, body] = refusedKey(text);
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
