import { download, type Downloaded, TooLargeError } from './download';
import type { Connection, StoredFile } from './host';
import type { DownloadWishes } from './order';
import { asJobError, type Made } from './outcome';
import type { Provider } from './provider';
import type { Slots } from './slots';
import type { VideoTask } from './task';
import { askPatiently } from './ask';

export interface Downloader {
	readonly connection: Connection;
	readonly provider: Provider;
	readonly slots: Slots;
}

const patience = 10 * 60_000;

/** Downloads every video of a completed task. A file over the cap does not lose the task. */
export async function downloadAll(
	{ connection, provider, slots }: Downloader,
	completed: VideoTask,
	{ maxBytes, fileName }: DownloadWishes,
): Promise<Made> {
	const deadline = connection.host.elapsed() + patience;
	let task = completed;
	const files: StoredFile[] = [];
	const freshen = async ({ reference, ...facts }: VideoTask) =>
		await askPatiently(connection, provider, { reference, facts }, deadline);
	try {
		for (let index = 0; index < completed.videos.length; index++) {
			const naming = { wish: fileName, id: completed.reference.id, number: index + 1 };
			const options = { maxBytes, deadline, naming };
			const downloaded: Downloaded = await slots.run(
				async () => await download(connection, task, index, freshen, options),
			);
			task = downloaded.task;
			files.push(downloaded.file);
		}
	} catch (cause) {
		if (!(cause instanceof TooLargeError)) throw asJobError(cause, task);
		return { task, files, downloadSkipped: cause.message, hints: [cause.message] };
	}
	return { task, files, hints: [] };
}
