import { createHash } from 'node:crypto';

import type { Phase, Task } from '../tasks';
import type { StockAnswer } from '../vendor';
import { Answer, hasRole, isPoorKey } from '../world';
import { CREDITS, LABELS, type Model } from './models';
import type { ApiframeWorld } from './settings';

export const refuse = (status: number, error: string): Answer => new Answer(status, { error });
export const invalid = (details: Record<string, string[]>): Answer =>
	new Answer(400, { error: 'Validation failed', details });

const STOCK: Record<StockAnswer, [status: number, error: string]> = {
	rateLimited: [429, 'Rate limit exceeded'],
	rateLimitedInBody: [200, 'Rate limit exceeded'],
	serverError: [500, 'Internal server error'],
	unavailable: [503, 'Service temporarily unavailable'],
	errorInBody: [200, 'Internal server error'],
	taskUnknown: [404, 'Job not found'],
	badRequest: [400, 'Body must be JSON'],
	pathUnknown: [404, 'Not found'],
};

export function answer(kind: StockAnswer, _path: string, message?: string): Answer {
	const [status, error] = STOCK[kind];
	return refuse(status, kind === 'badRequest' ? (message ?? error) : error);
}

export const WORDS: Record<Phase, string> = {
	preparing: 'QUEUED',
	queued: 'QUEUED',
	running: 'PROCESSING',
	succeeded: 'COMPLETED',
	failed: 'FAILED',
	cancelled: 'CANCELLED',
};

const expiresAt = (world: ApiframeWorld, task: Task): number =>
	task.endsAt + world.config().linkSeconds.apiframe * 1000;

export function view(world: ApiframeWorld, task: Task, phase: Phase, progress: number) {
	const done = phase === 'succeeded';
	return {
		id: task.id,
		status: WORDS[phase],
		model: task.model,
		progress,
		result: done ? { videoUrl: world.links.video(task, expiresAt(world, task)) } : null,
		error: phase === 'failed' ? `The provider answered with an error: ${task.failureCode}` : null,
		creditCost: phase === 'failed' ? 0 : task.price.amount,
		webhookStatus: (task.details?.webhookStatus as string | undefined) ?? null,
		createdAt: new Date(task.createdAt).toISOString(),
		completedAt: done || phase === 'failed' ? new Date(task.endsAt).toISOString() : null,
		expired: done && world.clock.now() >= expiresAt(world, task),
	};
}

/** Members may not look at the whole team's jobs. */
export const isMember = (key: string): boolean => hasRole(key, 'member');

export const creditsOf = (world: ApiframeWorld, key: string): number =>
	isPoorKey(key)
		? 0
		: Math.max(0, world.config().apiframeCredits - world.ledger.spent('apiframe', key));

const sameUuid = (seed: string): string => {
	const hex = createHash('sha256').update(seed).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

export const account = (world: ApiframeWorld, key: string) => ({
	user: {
		id: sameUuid(`user ${key}`),
		email: 'someone@example.com',
		role: isMember(key) ? 'MEMBER' : 'OWNER',
	},
	team: {
		id: sameUuid('team'),
		name: 'Sandbox',
		credits: creditsOf(world, key),
		plan: 'sandbox',
		customerId: null,
	},
	apiKey: { id: sameUuid(`key ${key}`), name: 'Sandbox key', prefix: key.slice(0, 8) },
});

export const models = () => ({
	models: Object.entries(CREDITS).map(([id, credits]) => ({
		id,
		label: LABELS[id as Model],
		modality: 'video',
		description: 'Videos from text, and from a first frame.',
		pricingMode: 'flat',
		costMin: Math.min(...Object.values(credits)),
		costMax: Math.max(...Object.values(credits)),
	})),
});
