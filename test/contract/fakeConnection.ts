import type { Connection, Host, HttpRequest, RawAnswer } from '../../video/host';
import { StoppedError } from '../../video/failure';

export const startOfTime = Date.parse('2026-11-21T10:00:00.000Z');

export interface FakeAnswer {
	status?: number;
	headers?: Record<string, string>;
	/** A string is sent as it is, anything else as JSON. */
	body: unknown;
}

export interface FakeConnection extends Connection {
	readonly requests: HttpRequest[];
}

/** Time stands still except for sleeps, which end at once; a time-out only ends when cancelled. */
function fakeHost(): Host {
	let now = startOfTime;
	let uuids = 0;
	const memory = new Map<string, unknown>();
	const notHere = () => Promise.reject(new Error('Providers have no need for it'));
	return {
		now: () => now,
		elapsed: () => now - startOfTime,
		random: () => 0.5,
		uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
		sleep: async (milliseconds, cancel) => {
			if (!cancel) {
				now += milliseconds;
				return;
			}
			await new Promise<void>((_, reject) => {
				cancel.addEventListener('abort', () => reject(new StoppedError()), { once: true });
			});
		},
		open: notHere,
		memory: {
			get: (key) => memory.get(key),
			set: (key, value) => void memory.set(key, value),
			delete: (key) => void memory.delete(key),
		},
	};
}

/** An account that gives the answers one after another, the last one again and again. */
export function fakeConnection(baseUrl: string, answers: readonly FakeAnswer[]): FakeConnection {
	const requests: HttpRequest[] = [];
	return {
		baseUrl,
		keyDigest: 'digest',
		host: fakeHost(),
		requests,
		send: async (request): Promise<RawAnswer> => {
			const answer = answers[Math.min(requests.length, answers.length - 1)];
			requests.push(request);
			const { status = 200, headers = {}, body } = answer;
			return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
		},
	};
}
