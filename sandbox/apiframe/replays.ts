import type { FastifyRequest } from 'fastify';

import type { Task } from '../tasks';
import { invalid, refuse } from './answers';
import type { ApiframeWorld } from './settings';

const REPLAYED_MS = 24 * 3600 * 1000;

interface Replay {
	jobId: string;
	body: string;
	time: number;
}

/** Creates with an Idempotency-Key: the same again, within 24 hours, is the same job. */
export class Replays {
	private readonly known = new Map<string, Replay>();

	constructor(private readonly world: ApiframeWorld) {}

	/** The job that this Idempotency-Key made in the last 24 hours. */
	find(request: FastifyRequest, key: string, body: string): Task | undefined {
		const idempotencyKey = request.headers['idempotency-key'];
		if (typeof idempotencyKey !== 'string') return undefined;
		if (idempotencyKey.length > 255) {
			throw invalid({ 'Idempotency-Key': ['must be at most 255 characters'] });
		}
		const replay = this.known.get(`${key} ${idempotencyKey}`);
		if (!replay || this.world.clock.now() - replay.time > REPLAYED_MS) return undefined;
		const task = this.world.tasks.find('apiframe', key, replay.jobId);
		if (task && replay.body !== body) {
			throw refuse(409, 'The Idempotency-Key was used with another body');
		}
		return task;
	}

	keep(request: FastifyRequest, key: string, body: string, task: Task): void {
		const idempotencyKey = request.headers['idempotency-key'];
		if (typeof idempotencyKey !== 'string') return;
		const replay = { jobId: task.id, body, time: this.world.clock.now() };
		this.known.set(`${key} ${idempotencyKey}`, replay);
	}
}
