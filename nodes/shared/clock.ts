import { sleep } from 'n8n-workflow';

/** Time as the nodes see it. Tests put a faster one in its place. */
export const clock = {
	now: () => Date.now(),
	sleep: async (milliseconds: number, signal?: AbortSignal) => await sleep(milliseconds, signal),
};
