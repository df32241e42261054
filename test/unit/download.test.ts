import { download } from '../../video/download';
import type { Connection, Host, OpenedLink } from '../../video/host';
import type { VideoTask } from '../../video/task';

/** The beginning of an MP4 file, by which it is known. */
const header = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftypisom0000')]);

/** Time that only moves when the test moves it. */
class ManualClock {
	now = 0;

	private sleepers: Array<{ until: number; wake: () => void }> = [];

	readonly sleep: Host['sleep'] = async (milliseconds, signal) =>
		await new Promise((resolve, reject) => {
			this.sleepers.push({ until: this.now + milliseconds, wake: resolve });
			signal?.addEventListener('abort', () => reject(new Error('cancelled')));
		});

	async advance(milliseconds: number) {
		this.now += milliseconds;
		const due = this.sleepers.filter(({ until }) => until <= this.now);
		this.sleepers = this.sleepers.filter(({ until }) => until > this.now);
		for (const { wake } of due) wake();
		await new Promise(setImmediate);
	}
}

const completed: VideoTask = {
	reference: { provider: 'minimax', kind: 'v1', id: '1' },
	status: 'completed',
	videos: [{ url: 'https://example.com/video.mp4' }],
};

interface Setup {
	/** Chunks of each try; the connection then says no more until it is closed. */
	readonly tries: ReadonlyArray<{ chunks: Buffer[]; ends: boolean }>;
	readonly slowStore?: (clock: ManualClock) => Promise<void>;
}

function start({ tries, slowStore }: Setup) {
	const clock = new ManualClock();
	let opened = 0;
	const open = async (): Promise<OpenedLink> => {
		const { chunks, ends } = tries[opened++];
		let close = () => {};
		const closed = new Promise<never>((_, reject) => {
			close = () => reject(new Error('premature close'));
		});
		closed.catch(() => undefined);
		async function* content() {
			yield* chunks;
			if (!ends) await closed;
		}
		return {
			status: 200,
			headers: {},
			content: content(),
			store: async (arriving) => {
				let bytes = 0;
				for await (const chunk of arriving) {
					bytes += chunk.byteLength;
					await slowStore?.(clock);
				}
				return { handle: {}, bytes };
			},
			close: () => close(),
		};
	};
	const host = { elapsed: () => clock.now, random: () => 0, sleep: clock.sleep, open };
	const connection = { host, baseUrl: 'https://api.example.com' } as unknown as Connection;
	const options = { maxBytes: 1000, deadline: 3600_000, naming: { id: '1', number: 1 } };
	const file = download(connection, completed, 0, async (task) => task, options);
	return { clock, file, opened: () => opened };
}

test('a download that stands still is closed and begun again', async () => {
	const { clock, file, opened } = start({
		tries: [
			{ chunks: [header], ends: false },
			{ chunks: [header, header], ends: true },
		],
	});
	await new Promise(setImmediate);
	await clock.advance(59_000);
	expect(opened()).toBe(1);
	await clock.advance(1000);
	await clock.advance(10_000);
	expect(opened()).toBe(2);
	expect((await file).file.bytes).toBe(2 * header.length);
});

test('a store that takes its time is no standstill', async () => {
	const { file, opened } = start({
		tries: [{ chunks: [header, header, header], ends: true }],
		slowStore: async (clock) => await clock.advance(90_000),
	});
	expect((await file).file.bytes).toBe(3 * header.length);
	expect(opened()).toBe(1);
});
