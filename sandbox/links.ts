import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Clock, Task } from './tasks';

/** Signed links to finished videos: they carry their own expiry, so nothing has to be remembered. */
export class Links {
	private readonly secret = randomBytes(32);

	constructor(
		private readonly clock: Clock,
		private readonly origin: () => string,
	) {}

	/** `expiresAt` in milliseconds of the sandbox's clock; `index` counts the results of one task. */
	video(task: Task, expiresAt: number, index = 0): string {
		const path = `/files/${task.vendor}/videos/${task.id}-${index}.mp4`;
		const expires = String(Math.round(expiresAt));
		return `${this.origin()}${path}?expires=${expires}&signature=${this.sign(path, expires)}`;
	}

	upload(vendor: string, name: string): string {
		return `${this.origin()}/files/${vendor}/uploads/${name}`;
	}

	isValid(path: string, expires = '', signature = ''): boolean {
		const expected = Buffer.from(this.sign(path, expires));
		const given = Buffer.from(signature);
		return (
			given.length === expected.length &&
			timingSafeEqual(given, expected) &&
			this.clock.now() < Number(expires)
		);
	}

	private sign(path: string, expires: string): string {
		return createHmac('sha256', this.secret).update(`${path} ${expires}`).digest('hex');
	}
}
