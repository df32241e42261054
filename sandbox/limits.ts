import type { Settings } from './settings';
import type { Clock } from './tasks';

export interface Allowance {
	allowed: boolean;
	limit: number;
	remaining: number;
	/** Seconds until a request is allowed again, at least 1. */
	retryAfter: number;
}

const UNLIMITED: Allowance = { allowed: true, limit: Infinity, remaining: Infinity, retryAfter: 0 };

/** A sliding window for each key. A refused request counts only if the configuration says so. */
export class RateLimits {
	private readonly seen = new Map<string, number[]>();

	constructor(
		private readonly clock: Clock,
		private readonly config: () => Settings,
	) {}

	/** `name` is that of a limit in the table `rateLimits`. */
	take(name: string, key: string): Allowance {
		const { enabled, countRefused, [name]: limit } = this.config().rateLimits;
		if (typeof limit !== 'object') throw new Error(`${name} is no rate limit`);
		if (!enabled || !limit) return UNLIMITED;
		const now = this.clock.now();
		const windowMs = limit.windowSeconds * 1000;
		const recent = (this.seen.get(`${name} ${key}`) ?? []).filter((time) => time > now - windowMs);
		const allowed = recent.length < limit.requests;
		if (allowed || countRefused) recent.push(now);
		this.seen.set(`${name} ${key}`, recent);
		// The request whose leaving makes room.
		const leaves = recent[Math.max(0, recent.length - Math.ceil(limit.requests))];
		return {
			allowed,
			limit: limit.requests,
			remaining: Math.max(0, limit.requests - recent.length),
			retryAfter: Math.max(1, Math.ceil(((leaves ?? now) + windowMs - now) / 1000)),
		};
	}

	reset(): void {
		this.seen.clear();
	}
}
