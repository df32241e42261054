import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Callbacks } from './callbacks';
import type { Ledger } from './ledger';
import type { RateLimits } from './limits';
import type { Links } from './links';
import type { Settings } from './settings';
import type { FaultKind, Step } from './steps';
import type { Clock, Phase, Task, Tasks } from './tasks';
import type { Uploads } from './uploads';

/** What all sides of the sandbox share; `Own` is the configuration as one of them sees it. */
export interface World<Own extends Settings = Settings> {
	clock: Clock;
	config(): Own;
	tasks: Tasks;
	ledger: Ledger;
	limits: RateLimits;
	links: Links;
	uploads: Uploads;
	callbacks: Callbacks;
}

export interface SeenRequest {
	/** Milliseconds of the sandbox's clock. */
	time: number;
	vendor?: string;
	step?: Step;
	method: string;
	path: string;
	query: unknown;
	/** Where the key was: nothing but `none` may ever reach the download host. */
	auth: 'authorization' | 'x-api-key' | 'body' | 'none';
	key?: string;
	headers: Record<string, unknown>;
	body?: unknown;
	/** Missing while the request waits, and for good when it was never answered. */
	status?: number;
	fault?: FaultKind;
}

/** Thrown by a handler that refuses; also what a fault answers with. */
export class Answer extends Error {
	constructor(
		readonly status: number,
		readonly body: unknown,
		readonly headers: Record<string, string> = {},
	) {
		super(`HTTP ${status}`);
	}
}

export async function send(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
	return await reply.code(answer.status).headers(answer.headers).send(answer.body);
}

declare module 'fastify' {
	interface FastifyContextConfig {
		step?: Step | ((body: unknown) => Step | undefined);
	}
	interface FastifyRequest {
		seen: SeenRequest;
	}
}

/** Whether a `statusBackwards` fault shows this request every task as it was at first. */
export const showsStart = ({ seen }: FastifyRequest): boolean => seen.fault === 'statusBackwards';

/** How a task looks to this request: a `statusBackwards` fault shows it as it was at first. */
export function look(
	world: World,
	request: FastifyRequest,
	task: Task,
): { phase: Phase; progress: number } {
	if (showsStart(request)) return { phase: 'preparing', progress: 0 };
	return { phase: world.tasks.phase(task), progress: world.tasks.progress(task) };
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const unixSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** The key behind `Authorization: Bearer`. */
export function bearerKey(request: FastifyRequest): string | undefined {
	return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** The entry of that name; unlike `table[name]` never what every object has, such as `constructor`. */
export const entryOf = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
	Object.hasOwn(table, name) ? table[name] : undefined;

export type Role = 'bad' | 'poor' | 'restricted' | 'inactive' | 'member' | 'unlimited';

/** Roles that a key can play, by a whole word in it: `my-bad-key`, but not `abadcafe`. */
export const hasRole = (key: string, role: Role): boolean => key.split(/[^A-Za-z]+/).includes(role);
export const isBadKey = (key: string): boolean => hasRole(key, 'bad');
export const isPoorKey = (key: string): boolean => hasRole(key, 'poor');
