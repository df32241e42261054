import { withOutcome } from './failure';
import type { MediaFile } from './media';
import type { Order } from './order';
import type { CreateRequest, MediaWriter } from './provider';
import { repeat } from './retry';

/**
 * Uploads the files of vendors that take links; undefined for the others, whose files are written
 * into the request when it is sent, so that those who wait in the queue need no memory. An upload
 * is repeatable: the worst that a second one costs is a file that nobody asks for.
 */
export async function uploadFiles(
	{ provider, connection, files }: Order,
	/** Milliseconds. */
	patience: number,
): Promise<MediaWriter | undefined> {
	const upload = provider.upload?.bind(provider);
	if (!upload) return undefined;
	const deadline = connection.host.elapsed() + patience;
	// Whatever became of the upload, no video was ordered yet.
	return await writer(files, async (file) =>
		repeat(connection, deadline, async () => await upload(connection, file)).catch(
			withOutcome('refused'),
		),
	);
}

/** The request of an order under the ID that was chosen for it, with its files. */
export async function writeRequest(
	{ files, build }: Order,
	id: string,
	uploaded: MediaWriter | undefined,
): Promise<CreateRequest> {
	return build(uploaded ?? (await writer(files, dataUrl)), id);
}

async function writer(
	files: readonly MediaFile[],
	linkOf: (file: MediaFile) => Promise<string>,
): Promise<MediaWriter> {
	const links = new Map<MediaFile, string>();
	for (const file of files) links.set(file, await linkOf(file));
	return (media) => ('url' in media ? media.url.trim() : (links.get(media.file) ?? ''));
}

async function dataUrl(file: MediaFile): Promise<string> {
	const bytes = await file.read();
	return `data:${file.mimeType};base64,${Buffer.from(bytes).toString('base64')}`;
}
