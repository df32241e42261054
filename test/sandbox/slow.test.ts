import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import type { Fault } from '../../sandbox/faults';
import { startSandbox } from '../../sandbox/server';
import { testedVendors } from '../support/vendors';
import { authOf, call, form } from './client';
import { create, createNames, creates, isAccepted } from './creates';
import { png } from './images';
import { NOON, sandbox, still, useSandbox } from './world';

useSandbox({
	config: { secondsPerTask: 10 },
	clock: still,
});

const MINUTE = 60_000;
const slow = (name: string, more: Partial<Fault> = {}) =>
	sandbox.inject({
		vendor: creates[name].vendor,
		step: 'create',
		kind: 'slowAnswer',
		seconds: 60,
		...more,
	});

const until = async (condition: () => boolean): Promise<void> => {
	while (!condition()) await new Promise((done) => setTimeout(done, 5));
};
/** Long enough for what must not happen to have happened, were it to, on a machine however slow. */
const moment = async (): Promise<void> => {
	await new Promise((done) => setTimeout(done, 60));
	// After a standstill timers come before what has arrived meanwhile.
	for (let turns = 0; turns < 20; turns++) await turn();
};
const isHeld = (): boolean => sandbox.requests().at(-1)?.fault === 'slowAnswer';

describe.each(createNames)('a slow create at %s', (name) => {
	it('is handled when its time is over, not before', async () => {
		slow(name);
		let answered = false;
		const answer = create(sandbox, name).finally(() => (answered = true));
		await until(isHeld);
		sandbox.advance(MINUTE - 1);
		await moment();
		expect([answered, sandbox.tasks().length, sandbox.charges().length]).toEqual([false, 0, 0]);
		sandbox.advance(1);
		expect(isAccepted(await answer)).toBe(true);
		expect(sandbox.tasks()).toMatchObject([{ createdAt: NOON + MINUTE, phase: 'preparing' }]);
		expect(sandbox.charges()).toHaveLength(1);
	});

	it('is handled at once and answered late, if told so', async () => {
		slow(name, { handled: true });
		let answered = false;
		const answer = create(sandbox, name).finally(() => (answered = true));
		await until(() => sandbox.tasks().length === 1);
		await moment();
		expect([answered, sandbox.charges().length]).toEqual([false, 1]);
		sandbox.advance(MINUTE);
		expect(isAccepted(await answer)).toBe(true);
		expect(sandbox.tasks()).toMatchObject([{ createdAt: NOON, phase: 'succeeded' }]);
	});

	it('makes no task when the client has hung up before the end', async () => {
		slow(name);
		const { vendor, path, order } = creates[name];
		const content = JSON.stringify(order('a lighthouse'));
		const url = new URL(`${sandbox.baseUrl(vendor)}${path}`);
		const line = connect(Number(url.port), url.hostname);
		line.write(
			[
				`POST ${url.pathname} HTTP/1.1`,
				'Host: 127.0.0.1',
				...Object.entries(authOf(vendor)).map((header) => header.join(': ')),
				'Content-Type: application/json',
				`Content-Length: ${Buffer.byteLength(content)}`,
				'',
				content,
			].join('\r\n'),
		);
		await until(isHeld);
		await new Promise<void>((done) => line.once('close', () => done()).destroy());
		await moment();
		sandbox.advance(2 * MINUTE);
		await moment();
		expect([sandbox.tasks(), sandbox.charges()]).toEqual([[], []]);
		expect(sandbox.requests().at(-1)?.status).toBeUndefined();
		expect(isAccepted(await create(sandbox, name))).toBe(true);
	});

	it('keeps its task when the client has hung up after it was handled', async () => {
		slow(name, { handled: true });
		const { vendor, path, order } = creates[name];
		const hangUp = new AbortController();
		const answer = fetch(`${sandbox.baseUrl(vendor)}${path}`, {
			method: 'POST',
			headers: {
				'Content-Type': 'application/json',
				...authOf(vendor),
			},
			body: JSON.stringify(order('a lighthouse')),
			signal: hangUp.signal,
		});
		await until(() => sandbox.tasks().length === 1);
		hangUp.abort();
		await expect(answer).rejects.toThrow();
		expect(sandbox.charges()).toHaveLength(1);
	});
});

describe('a slow answer', () => {
	it('comes in a clock that runs fast', async () => {
		const start = Date.now();
		const fast = await startSandbox({
			clock: { now: () => start + (Date.now() - start) * 1000 },
		});
		fast.inject({ vendor: 'toapis', step: 'create', kind: 'slowAnswer', seconds: 600 });
		const sent = fast.requests().length;
		expect(isAccepted(await create(fast, 'ToAPIs'))).toBe(true);
		const [request] = fast.requests().slice(sent);
		const [task] = fast.tasks();
		expect((task?.createdAt ?? 0) - (request?.time ?? 0)).toBeGreaterThanOrEqual(600_000);
		await fast.close();
	}, 30_000);

	const uploads = testedVendors.flatMap(({ vendor, uploads: [path] = [] }) =>
		path ? [[vendor, path] as const] : [],
	);
	it.each(uploads)('holds an upload at %s', async (vendor, path) => {
		sandbox.inject({ vendor, step: 'upload', kind: 'slowAnswer', seconds: 60 });
		const body = form(png(400, 400), 'a.png', { purpose: 'video_generation_input' });
		const answer = call(sandbox, vendor, path, { body });
		await until(isHeld);
		sandbox.advance(MINUTE);
		expect([200, 201]).toContain((await answer).status);
	});

	it('holds a status request, and shows what is so at its end', async () => {
		const { json } = await create(sandbox, 'MiniMax V1');
		const path = `/v1/query/video_generation?task_id=${json.task_id}`;
		for (const [handled, status] of [
			[true, 'Preparing'],
			[false, 'Success'],
		] as const) {
			sandbox.inject({
				vendor: 'minimax',
				step: 'status',
				kind: 'slowAnswer',
				seconds: 9,
				handled,
			});
			const seen = sandbox.requests().length;
			const answer = call(sandbox, 'minimax', path);
			await until(() => sandbox.requests()[seen]?.fault !== undefined);
			await moment();
			sandbox.advance(9000);
			expect((await answer).json.status).toBe(status);
			sandbox.advance(1000);
		}
	});

	it('ends with a broken line when the sandbox is reset or closes', async () => {
		for (const end of ['reset', 'close'] as const) {
			const other = await startSandbox({ clock: still });
			for (const handled of [false, true]) {
				other.inject({
					vendor: 'apiframe',
					step: 'create',
					kind: 'slowAnswer',
					seconds: 9,
					handled,
				});
			}
			const answers = [create(other, 'Apiframe'), create(other, 'Apiframe')];
			const outcomes = Promise.allSettled(answers);
			await until(() => other.requests().filter(({ fault }) => fault).length === 2);
			if (end === 'close') await other.close();
			else other.reset();
			expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
			expect(other.requests()).toHaveLength(end === 'close' ? 2 : 0);
			if (end === 'reset') {
				other.advance(MINUTE);
				await moment();
				expect(other.tasks()).toEqual([]);
				await other.close();
			}
		}
	});

	it('needs seconds, and is the only one that takes them', () => {
		const fault = { vendor: 'minimax', step: 'create' } as const;
		expect(() => sandbox.inject({ ...fault, kind: 'slowAnswer' })).toThrow('seconds');
		expect(() => sandbox.inject({ ...fault, kind: 'serverError', seconds: 1 })).toThrow('seconds');
		expect(sandbox.faults()).toEqual([]);
	});
});
