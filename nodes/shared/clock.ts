import { sleep } from 'n8n-workflow';

/** Time as the nodes see it. Tests put a faster one in its place. */
export const clock = {
	/** Milliseconds since 1970. Jumps when somebody sets the machine's clock. */
	now: () => Date.now(),
	/** Milliseconds since this process began. Does not jump. */
	elapsed: () => performance.now(),
	sleep: async (milliseconds: number, signal?: AbortSignal) => await sleep(milliseconds, signal),
};
