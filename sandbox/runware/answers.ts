import type { Phase, Task } from '../tasks';
import type { StockAnswer } from '../vendor';
import { Answer, isPoorKey } from '../world';
import { MODELS } from './models';
import type { Refusal } from './refusals';
import type { RunwareWorld } from './settings';

export const DOCUMENTATION = 'https://runware.ai/docs/platform/errors';

const STOCK: Record<StockAnswer, [status: number, code: string, message: string]> = {
	rateLimited: [429, 'rateLimitExceeded', 'The queue is full'],
	rateLimitedInBody: [200, 'rateLimitExceeded', 'The queue is full'],
	serverError: [500, 'internalServerError', 'Internal server error'],
	unavailable: [503, 'serviceUnavailable', 'Service unavailable'],
	errorInBody: [200, 'internalServerError', 'Internal server error'],
	taskUnknown: [404, 'taskFailedOrNotFound', 'The task failed or was not found'],
	badRequest: [400, 'invalidRequest', 'Body must be a JSON array of tasks'],
	pathUnknown: [404, 'notFound', 'Not found'],
};

export function answer(kind: StockAnswer, _path: string, given?: string): Answer {
	const [status, code, usual] = STOCK[kind];
	const message = kind === 'badRequest' ? (given ?? usual) : usual;
	return new Answer(status, { errors: [{ code, message }] });
}

/** What one task of an array gets: answers, and errors beside them. */
export interface Served {
	items: unknown[];
	errors?: Refusal['error'][];
}

/** Keeps what a Runware task needs beside the common facts. */
export interface Details {
	includeCost: boolean;
	ttl?: number;
	checkContent: boolean;
	results: Array<{ videoUUID: string; seed: number }>;
}

/** What every answer to a task begins with. */
export const head = ({ taskType, taskUUID }: Record<string, unknown>) => ({ taskType, taskUUID });

/** What has come of these results: videos, and errors for those that have failed. */
export function outcomes(world: RunwareWorld, task: Task, indexes: number[]): Required<Served> {
	const failed = indexes.filter((index) => world.tasks.resultFails(task, index));
	return {
		items: indexes
			.filter((index) => !failed.includes(index))
			.map((index) => result(world, task, index)),
		errors: failed.map(() => ({
			code: task.failureCode ?? 'taskFailed',
			message: 'The provider could not make the video',
			status: 'error',
			taskType: 'videoInference',
			taskUUID: task.id,
			documentation: DOCUMENTATION,
		})),
	};
}

function result(world: RunwareWorld, task: Task, index: number): Record<string, unknown> {
	const { results, includeCost, ttl, checkContent } = task.details as unknown as Details;
	const { videoUUID, seed } = results[index] ?? {};
	const lives = ttl ?? world.config().linkSeconds.runware;
	const since = ttl === undefined ? world.clock.now() : task.endsAt;
	return {
		taskType: 'videoInference',
		taskUUID: task.id,
		status: 'success',
		videoUUID,
		videoURL: world.links.video(task, since + lives * 1000, index),
		seed,
		...(includeCost && { cost: Math.round((task.price.amount / task.results) * 1e4) / 1e4 }),
		...(checkContent && { NSFWContent: false }),
	};
}

export const processing = (task: Task, phase: Phase, progress: number) => ({
	taskType: 'videoInference',
	taskUUID: task.id,
	status: 'processing',
	...(phase === 'running' && { progress }),
});

export function accountDetails(world: RunwareWorld, key: string) {
	const now = new Date(world.clock.now()).toISOString();
	const requests = world.tasks.list('runware', key).length;
	world.tasks.settle();
	const used = { credits: world.ledger.spent('runware', key), requests };
	return {
		operation: 'getDetails',
		organizationUUID: '7a1c9c1e-4a5f-4a4e-9d9e-0c6f0a8b1d11',
		organizationName: 'Sandbox',
		AIRSource: 'sandbox',
		balance: isPoorKey(key) ? 0 : world.config().runwareBalance,
		team: [{ name: 'Someone', email: 'someone@example.com', roles: ['Owner'], joinedAt: now }],
		apiKeys: [
			{
				apiKey: `${key.slice(0, 4)}...`,
				name: 'Sandbox key',
				description: '',
				enabled: true,
				createdAt: now,
				lastUsedAt: now,
				requests,
			},
		],
		usage: { today: used, last7Days: used, last30Days: used, total: used },
	};
}

/** The models known here; the shape is the vendor's SDK's, the pages do not have it. */
export function foundModels(search: string, limit: number, offset: number) {
	const found = Object.entries(MODELS).filter(([air, { name }]) =>
		`${air} ${name}`.toLowerCase().includes(search.toLowerCase()),
	);
	return {
		results: found.slice(offset, offset + limit).map(([air, { name }]) => ({
			air,
			name,
			version: '',
			category: 'checkpoint',
			type: 'base',
			architecture: 'minimax',
			tags: ['video'],
			heroImage: '',
			private: false,
			comment: '',
		})),
		totalResults: found.length,
	};
}
