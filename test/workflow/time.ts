import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../../nodes/shared/clock';

/**
 * Lets time in the nodes run `factor` times as fast as the machine's, so that waits of minutes are
 * tests of seconds. Give the result to the sandbox, so that both sides agree.
 */
export function speedUpTime(factor: number): { now(): number } {
	const start = Date.now();
	const started = performance.now();
	const elapsed = () => (performance.now() - started) * factor;
	const now = () => start + elapsed();
	clock.now = now;
	clock.elapsed = elapsed;
	clock.sleep = async (milliseconds, signal) => {
		await sleep(milliseconds / factor, undefined, { signal });
	};
	return { now };
}
