import type { VideoTask } from '../../video/task';
import { failing, look } from './everywhere';
import { uuid } from './forms';

describe('the reason of a failed task', () => {
	const reasons: readonly (readonly [string, unknown])[] = [
		['words alone', 'The upstream broke'],
		['an object without a code', { message: 'The upstream broke' }],
		['an object with a code of null', { code: null, message: 'The upstream broke' }],
		['an object with an empty code', { code: '', message: 'The upstream broke' }],
		['an object of another form', { details: { reason: 'The upstream broke' } }],
		['a list', [{ message: 'The upstream broke' }]],
	];

	describe.each(failing)('at %s (%s)', (vendor, kind, body) => {
		it.each(reasons)('is told when it comes as %s', async (_, error) => {
			const task = (await look(vendor, kind, { body: body(error) }, { results: 1 })) as VideoTask;
			expect(task).toMatchObject({
				status: 'failed',
				failure: { message: expect.stringContaining('(“The upstream broke”)') },
			});
			expect(task.failure).not.toHaveProperty('code');
			expect(task.failure?.message).not.toMatch(/code\s|gave no reason/);
		});

		it.each([null, '', {}, []])(
			'is said to be missing or is not mentioned for %j',
			async (error) => {
				const task = (await look(vendor, kind, { body: body(error) }, { results: 1 })) as VideoTask;
				expect(task.status).toBe('failed');
				expect(task.failure?.message).toMatch(/could not make the video( and gave no reason)?$/);
			},
		);
	});

	const v1Fail = async (status_code: unknown, status_msg: unknown) =>
		(await look('minimax', 'v1', {
			body: { status: 'Fail', base_resp: { status_code, status_msg } },
		})) as VideoTask;

	it.each([0, '0', '', null])('is told beside the code %j of MiniMax V1', async (code) => {
		const { failure } = await v1Fail(code, 'face not clear');
		expect(failure?.message).toBe('MiniMax could not make the video (“face not clear”)');
		expect((await v1Fail(code, 'success')).failure?.message).toBe(
			'MiniMax could not make the video and gave no reason',
		);
		expect((await v1Fail(code, '')).failure).toEqual((await v1Fail(code, 'success')).failure);
	});

	it('has the code behind the words of MiniMax V2', async () => {
		const body = {
			task: { id: '1', status: 'failed', error: { message: 'sensitive input (1026)' } },
		};
		expect(await look('minimax', 'v2', { body })).toMatchObject({
			failure: {
				code: '1026',
				retryable: false,
				message: expect.stringMatching(/ \(“sensitive input”\)$/),
			},
		});
	});

	it.each([
		['fail_reason', { fail_reason: 'It broke' }],
		['message', { message: 'It broke' }],
		['message beside an empty error', { message: 'It broke', error: {} }],
		['a wrapped task', undefined],
	])('of ToAPIs is found in %s', async (_, fields) => {
		const task = { id: uuid, status: 'FAILURE', ...fields };
		const body = fields ? task : { code: 'success', data: { ...task, error: 'It broke' } };
		expect(await look('toapis', 'video', { body })).toMatchObject({
			status: 'failed',
			failure: { message: expect.stringContaining('(“It broke”)') },
		});
	});
});
