/** The requests that a poll has under way: one job for each part at a time. */
export class Jobs {
	private readonly jobs = new Map<string, Promise<void>>();

	constructor(private readonly failed: (part: string, cause: unknown) => void) {}

	isBusy(part: string): boolean {
		return this.jobs.has(part);
	}

	get idle(): boolean {
		return this.jobs.size === 0;
	}

	/** Starts a job, unless its part is busy. */
	start(part: string, job: () => Promise<void>) {
		if (this.isBusy(part)) return;
		const run = async () => {
			try {
				await job();
			} catch (cause) {
				this.failed(part, cause);
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
