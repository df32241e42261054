/** So many at once, and after that so many a second: what strangers may cost. */
export class Allowance {
	private left: number;

	/** By `host.elapsed`. */
	private countedAt?: number;

	constructor(
		private readonly most: number,
		private readonly perSecond: number,
	) {
		this.left = most;
	}

	/** Takes one, if there is one. `now` is the time of `host.elapsed`, in milliseconds. */
	take(now: number): boolean {
		const seconds = (now - (this.countedAt ?? now)) / 1000;
		this.countedAt = now;
		this.left = Math.min(this.most, this.left + seconds * this.perSecond);
		if (this.left < 1) return false;
		this.left--;
		return true;
	}
}
