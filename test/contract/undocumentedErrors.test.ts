import type { VendorError } from '../../video/failure';
import { create } from './ask';
import { everywhere, look, requestOf } from './everywhere';

describe.each(everywhere)('an error that nobody has documented, at %s (%s)', (vendor, kind) => {
	const statuses = [
		[401, 'credential'],
		[402, 'balance'],
		[403, 'credential'],
		[404, 'notFound'],
		[413, 'input'],
		[422, 'input'],
		[429, 'rateLimit'],
		[500, 'server'],
		[503, 'server'],
	] as const;
	const bodies: readonly unknown[] = [
		{ message: 'Blocked by the gateway' },
		{ detail: [{ msg: 'Blocked by the gateway' }] },
		{ error: { message: 'Blocked by the gateway' } },
		{ data: null, errors: [{ message: 'Blocked by the gateway' }] },
		'Blocked by the gateway',
	];

	it.each(statuses)('HTTP %s is %s, and its words are kept', async (status, category) => {
		for (const body of bodies.map((one) => JSON.stringify(one))) {
			const seen = {
				category,
				status,
				fromVendor: false,
				isHopeless: false,
				outcome: category === 'server' ? 'unknown' : 'refused',
				message: expect.stringContaining('(“Blocked by the gateway”)'),
			};
			expect(await create(vendor, { status, body }, requestOf(vendor, kind))).toMatchObject(seen);
			expect(await look(vendor, kind, { status, body })).toMatchObject(seen);
		}
	});

	it.each([{ message: 'Busy, come back' }, { msg: 'Busy, come back' }])(
		'the words of %j inside HTTP 200 are kept',
		async (body) => {
			const seen = {
				retryable: true,
				outcome: 'unknown',
				message: expect.stringContaining('(“Busy, come back”)'),
			};
			expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject(seen);
		},
	);

	it('as words alone under “error” keeps them, with HTTP 200 too', async () => {
		const body = { error: 'Busy, come back' };
		expect(await create(vendor, { body }, requestOf(vendor, kind))).toMatchObject({
			retryable: true,
			outcome: 'unknown',
			message: expect.stringContaining('(“Busy, come back”)'),
		});
		expect(await create(vendor, { status: 402, body }, requestOf(vendor, kind))).toMatchObject({
			category: 'balance',
			message: expect.stringContaining('(“Busy, come back”)'),
		});
	});
});

describe('an error of the request without a code', () => {
	it.each(['', null, undefined])('%j at MiniMax V1 keeps its words', async (code) => {
		const body = { base_resp: { status_code: code, status_msg: 'insufficient balance' } };
		for (const status of [200, 402]) {
			const error = (await create('minimax', { status, body })) as VendorError;
			expect(error.message).toMatch(/\(“insufficient balance”\)$/);
			expect(error.message).not.toContain('code');
			expect(error.code).toBeUndefined();
		}
	});

	it('beside a task of MiniMax is none: the task was paid for', async () => {
		const body = { task_id: '7', base_resp: { status_code: '', status_msg: 'ok then' } };
		expect(await create('minimax', { body })).toMatchObject({ reference: { id: '7' } });
	});

	it('of ToAPIs in “success: false” is read from its error object', async () => {
		const error = { code: 'insufficient_quota', message: 'Top up' };
		const body = { success: false, error };
		for (const status of [200, 402]) {
			expect(await create('toapis', { status, body })).toMatchObject({
				category: 'balance',
				code: 'insufficient_quota',
				fromVendor: true,
				message: expect.stringContaining('(“Top up”)'),
			});
		}
		const empty = { body: { success: false } };
		expect(await create('toapis', empty)).toMatchObject({ outcome: 'unknown', retryable: true });
	});

	it('of Runware keeps its words, and may have been carried out', async () => {
		for (const errors of [{ message: 'Odd' }, [{ message: 'Odd' }], 'Odd', ['Odd']]) {
			expect(await create('runware', { body: { errors } })).toMatchObject({
				outcome: 'unknown',
				message: expect.stringContaining('(“Odd”)'),
			});
		}
	});
});
