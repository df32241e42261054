import type { Faults } from './faults';

/** The requests that a poll has under way: one job for each part at a time. */
export class Jobs {
	private readonly jobs = new Map<string, Promise<void>>();

	constructor(private readonly faults: Faults) {}

	get idle(): boolean {
		return this.jobs.size === 0;
	}

	/** Starts a job, unless its part is busy. */
	start(part: string, job: () => Promise<void>) {
		if (this.jobs.has(part)) return;
		const run = async () => {
			try {
				await job();
			} catch (cause) {
				this.faults.note(part, cause);
			} finally {
				this.jobs.delete(part);
			}
		};
		this.jobs.set(part, run());
	}

	/** Resolves as soon as one of the jobs has ended. */
	async progress(): Promise<void> {
		await Promise.race(this.jobs.values());
	}
}
