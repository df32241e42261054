import { randomUUID } from 'node:crypto';

import { isDataUrl, isHttpUrl, mediaType, readDataUrl } from '../media';
import { storedName } from '../uploads';
import { head } from './answers';
import { fromBase64 } from './checks';
import { capitalised, TaskRefusal, unsupported } from './refusals';
import type { RunwareWorld } from './settings';

const UPLOADS_LIVE_MS = 30 * 24 * 3600 * 1000;

type Request = Record<string, unknown>;

export function mediaStorage(world: RunwareWorld, request: Request, key: string) {
	const { operation, media } = request;
	if (operation === 'upload') {
		const { uuid, url } = store(world, media, key, 'media');
		return { ...head(request), operation, mediaUUID: uuid, mediaURL: url };
	}
	if (operation === 'delete') {
		const upload = world.uploads.get('runware', String(media));
		if (upload?.key !== key) throw new TaskRefusal(404, 'mediaNotFound', 'Media not found');
		world.uploads.remove(upload);
		return { ...head(request), operation, mediaUUID: upload.id };
	}
	throw unsupported('operation', 'Unknown operation', ['upload', 'delete']);
}

export function imageUpload(world: RunwareWorld, request: Request, key: string) {
	const { uuid, url } = store(world, request.image, key, 'image');
	return { ...head(request), imageUUID: uuid, imageURL: url };
}

function bytesOf(given: string): Buffer | undefined {
	if (!isDataUrl(given)) return fromBase64(given);
	return readDataUrl(given, /^data:([a-z]+)\//.exec(given)?.[1] ?? 'image');
}

/** Media given as a link are kept as a link: nothing is fetched. */
function store(
	world: RunwareWorld,
	media: unknown,
	key: string,
	parameter: string,
): { uuid: string; url: string } {
	const given = typeof media === 'string' ? media : '';
	const isLink = isHttpUrl(given);
	const bytes = isLink ? Buffer.alloc(0) : bytesOf(given);
	const type = isLink ? 'application/octet-stream' : bytes && mediaType(bytes);
	if (!bytes || !type) {
		const code = given === '' ? 'missing' : 'invalid';
		throw new TaskRefusal(400, `${code}${capitalised(parameter)}`, 'Not a medium', { parameter });
	}
	const upload = world.uploads.add(UPLOADS_LIVE_MS, {
		id: randomUUID(),
		vendor: 'runware',
		key,
		fileName: '',
		type,
		purpose: parameter,
		bytes,
	});
	const url = isLink ? given : world.links.upload('runware', storedName(upload));
	return { uuid: upload.id, url };
}
