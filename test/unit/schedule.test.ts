import { retryAfter } from '../../video/answerErrors';
import { nextLook } from '../../video/schedule';
import { Slots } from '../../video/slots';

describe('schedule', () => {
	const usual = {
		earliest: 15_000,
		typical: 120_000,
		scout: true,
		failures: 0,
		random: 0.5,
	};

	const times = (time: number) => ({
		shortest: time,
		longest: time * 1.2,
		count: 3,
		lastSeen: time * 1.1,
	});

	test('does not look before the task can be ready, unless the person says how often', () => {
		expect(nextLook(usual)).toBeGreaterThanOrEqual(14_000);
		expect(nextLook({ ...usual, fixedInterval: 2000 })).toBe(2000);
	});

	test('keeps a fixed interval', () => {
		expect(nextLook({ ...usual, lastLook: 50_000, fixedInterval: 7000 })).toBe(57_000);
	});

	test('waits at least as long as the vendor asks for', () => {
		for (const random of [0, 0.5, 0.99]) {
			const next = nextLook({ ...usual, lastLook: 20_000, retryAfter: 45_000, random });
			expect(next).toBeGreaterThanOrEqual(65_000);
		}
	});

	test('backs off after failures, within bounds', () => {
		const gap = (failures: number) => nextLook({ ...usual, lastLook: 20_000, failures }) - 20_000;
		expect(gap(6)).toBeGreaterThan(gap(1));
		expect(gap(50)).toBeLessThanOrEqual(66_000);
	});

	test('looks when it is as old as another one was when that was seen done', () => {
		const learned = { shortest: 20_000, longest: 20_000, count: 1, lastSeen: 22_000 };
		const after = (lastLook?: number, more = {}) =>
			nextLook({ ...usual, learned: { ...learned, ...more }, lastLook });
		expect(after(21_000)).toBe(22_000);
		expect(after(18_500)).toBe(22_000);
		// Not twice within a moment, and not once more when it was looked at since.
		expect(after(21_900)).toBe(22_900);
		expect(after(22_000)).toBe(after(22_000, { lastSeen: 0 }));
		// What is expected earlier is looked at earlier.
		expect(after(undefined)).toBeLessThan(22_000);
		expect(after(5_000)).toBeLessThan(22_000);
	});

	test('looks again in a finite time, later than before, for any input', () => {
		for (const lastLook of [0, 15_000, 120_000, 3_600_000]) {
			for (const learned of [undefined, times(20_000), times(240_000)]) {
				for (const scout of [true, false]) {
					const next = nextLook({ ...usual, lastLook, learned, scout });
					expect(next).toBeGreaterThan(lastLook);
					expect(next - lastLook).toBeLessThanOrEqual(66_000);
				}
			}
		}
	});
});

test('Retry-After in seconds, as a date, and nonsense', () => {
	const now = Date.parse('2026-11-21T10:00:00Z');
	expect(retryAfter({ 'retry-after': '3' }, now)).toBe(3000);
	expect(retryAfter({ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, now)).toBe(30_000);
	expect(retryAfter({ 'retry-after': 'soon' }, now)).toBeUndefined();
	expect(retryAfter({}, now)).toBeUndefined();
});

test('slots let no more than their number run, and go on after a failure', async () => {
	const slots = new Slots(2);
	let running = 0;
	let most = 0;
	const job = async (fails: boolean) => {
		most = Math.max(most, ++running);
		await new Promise((resolve) => setImmediate(resolve));
		running--;
		if (fails) throw new Error('one fails');
	};
	const results = await Promise.allSettled(
		Array.from({ length: 9 }, (_, index) => slots.run(async () => await job(index === 3))),
	);
	expect(most).toBe(2);
	expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
});
