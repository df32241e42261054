import { Readable } from 'node:stream';

import type { FastifyPluginAsync } from 'fastify';

import { clipBytes, nearestClip, paddedLength } from './clips';
import { Answer, type World } from './world';

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined for anything else: the whole file then. */
function parseRange(header: string | undefined, total: number) {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const start = match[1] === '' ? Math.max(0, total - Number(match[2])) : Number(match[1]);
	const end =
		match[1] === '' || match[2] === '' ? total - 1 : Math.min(Number(match[2]), total - 1);
	return { start, end, satisfiable: start <= end };
}

/** The download hosts of all vendors: plain links, no key. */
export const downloadHost =
	(world: World): FastifyPluginAsync =>
	async (server) => {
		server.get<{
			Params: { vendor: string; name: string };
			Querystring: { expires?: string; signature?: string };
		}>('/:vendor/videos/:name', { config: { step: 'download' } }, async (request, reply) => {
			const { vendor, name } = request.params;
			const { expires, signature } = request.query;
			const id = /^(.+)-\d+\.mp4$/.exec(name)?.[1];
			if (!id) throw new Answer(404, 'not found');
			if (!world.links.isValid(`/files/${vendor}/videos/${name}`, expires, signature)) {
				throw new Answer(403, 'the link has expired');
			}
			const task = world.tasks.get(vendor, id);
			if (!task) throw new Answer(404, 'not found');

			const clip = nearestClip(task);
			const total = paddedLength(clip, world.config().downloadBytes);
			const range = parseRange(request.headers.range, total);
			if (range && !range.satisfiable) {
				throw new Answer(416, '', { 'Content-Range': `bytes */${total}` });
			}
			const { start, end } = range ?? { start: 0, end: total - 1 };
			if (range) reply.code(206).header('Content-Range', `bytes ${start}-${end}/${total}`);
			return await reply
				.header('Content-Type', 'video/mp4')
				.header('Content-Length', end - start + 1)
				.header('Accept-Ranges', 'bytes')
				.header('Content-Disposition', `attachment; filename="${name}"`)
				.send(Readable.from(clipBytes(clip, total, start, end), { objectMode: false }));
		});

		server.get<{ Params: { vendor: string; name: string } }>(
			'/:vendor/uploads/:name',
			{ config: { step: 'download' } },
			async (request, reply) => {
				const { vendor, name } = request.params;
				const id = name.replace(/\.[a-z0-9]+$/, '');
				const upload = world.uploads.get(vendor, id);
				if (!upload || world.clock.now() >= upload.expiresAt) throw new Answer(404, 'not found');
				return await reply.header('Content-Type', upload.type).send(upload.bytes);
			},
		);
	};
