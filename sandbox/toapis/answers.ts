import type { Phase, Task } from '../tasks';
import type { StockAnswer } from '../vendor';
import { Answer, isPoorKey, unixSeconds } from '../world';
import type { ToApisWorld } from './settings';

export const CREDITS_PER_USD = 200;

/** Three shapes of errors live side by side at this vendor. */
export const numbered = (status: number, message: string, type: string): Answer =>
	new Answer(status, { error: { code: status, message, type } });
export const named = (status: number, code: string, message: string): Answer =>
	new Answer(status, { error: { code, message } });
export const unsuccessful = (status: number, message: string): Answer =>
	new Answer(status, { success: false, message });

export const invalid = (message: string): Answer => named(400, 'invalid_request', message);
export const taskNotFound = (): Answer => numbered(404, 'Task not found', 'not_found_error');
export const rateLimited = (status = 429): Answer =>
	named(status, 'rate_limit_exceeded', 'Too many requests for asynchronous tasks');

const STOCK: Record<StockAnswer, (message?: string) => Answer> = {
	rateLimited: () => rateLimited(),
	rateLimitedInBody: () => rateLimited(200),
	serverError: () => named(500, 'internal_error', 'Internal error'),
	unavailable: () => named(503, 'rate_limit_unavailable', 'The rate limiter is unavailable'),
	errorInBody: () => unsuccessful(200, 'Internal error'),
	taskUnknown: taskNotFound,
	badRequest: (message = 'body must be JSON') => invalid(message),
	pathUnknown: () => numbered(404, 'Not found', 'not_found_error'),
};

export const answer = (kind: StockAnswer, _path: string, message?: string): Answer =>
	STOCK[kind](message);

const WORDS: Record<Phase, string> = {
	preparing: 'queued',
	queued: 'queued',
	running: 'in_progress',
	succeeded: 'completed',
	failed: 'failed',
	cancelled: 'failed',
};

const expiresAt = (world: ToApisWorld, task: Task): number =>
	task.endsAt + world.config().linkSeconds.toapis * 1000;

export const result = (world: ToApisWorld, task: Task) => ({
	type: 'video',
	data: [{ url: world.links.video(task, expiresAt(world, task)), format: 'mp4' }],
});

export const failure = (task: Task) => ({
	code: task.failureCode ?? 'generation_failed',
	message: `Generation failed (${task.failureCode ?? 'unknown'})`,
});

/** The user's own name for a task, if it has one. */
export const businessId = ({ details }: Task): object =>
	details?.clientBusinessId === undefined ? {} : { client_business_id: details.clientBusinessId };

export const view = (world: ToApisWorld, task: Task, phase: Phase, progress: number) => ({
	id: task.id,
	object: 'generation.task',
	model: task.model,
	status: WORDS[phase],
	progress,
	created_at: unixSeconds(task.createdAt),
	...businessId(task),
	...(phase === 'succeeded' && {
		completed_at: unixSeconds(task.endsAt),
		expires_at: unixSeconds(expiresAt(world, task)),
		result: result(world, task),
	}),
	...(phase === 'failed' && { error: failure(task) }),
});

export function balance(world: ToApisWorld, key: string, unlimited: boolean) {
	world.tasks.settle();
	const used = world.ledger.spent('toapis', key);
	const remaining = isPoorKey(key) ? 0 : world.config().toapisBalance * CREDITS_PER_USD - used;
	return {
		success: true,
		remain_balance: unlimited ? -1 : remaining / CREDITS_PER_USD,
		used_balance: used / CREDITS_PER_USD,
		remain_credits: unlimited ? -1 : remaining,
		used_credits: used,
		credits_per_usd: CREDITS_PER_USD,
		unlimited_quota: unlimited,
	};
}

export const models = (ids: string[]) => ({
	success: true,
	object: 'list',
	data: ids.map((id) => ({
		id,
		object: 'model',
		created: 1_768_380_000,
		owned_by: 'minimax',
		supported_endpoint_types: ['video_generations'],
	})),
});
