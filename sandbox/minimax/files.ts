import type { FastifyPluginAsync, FastifyReply } from 'fastify';

import { z } from 'zod';

import { nearestClip, paddedLength } from '../clips';
import { H3_IMAGE, imageProblem, mediaType } from '../media';
import { fileId } from '../tasks';
import type { Task } from '../tasks';
import type { Upload } from '../uploads';
import { readForm, storedName } from '../uploads';
import { isPoorKey, isRecord, unixSeconds } from '../world';
import type { World, Answer } from '../world';
import { authenticate, linkFor, parse, succeeded, v1Refusal } from './answers';

const MEGABYTE = 1024 * 1024;
const DAY = 24 * 3600 * 1000;
const UPLOADS_LIVE_MS = 7 * DAY;

const MAX_BYTES: Record<string, number> = {
	image: 30 * MEGABYTE,
	video: 50 * MEGABYTE,
	audio: 15 * MEGABYTE,
};
const TYPES = [
	'image/jpeg',
	'image/png',
	'image/webp',
	'image/heic',
	'video/mp4',
	'video/quicktime',
	'audio/wav',
	'audio/mpeg',
];

/** `file_id` is an int64 in these answers: bare digits, more than a double can hold. */
async function sendWithBareIds(reply: FastifyReply, body: unknown): Promise<FastifyReply> {
	const text = JSON.stringify(body).replaceAll(/"file_id":"(\d+)"/g, '"file_id":$1');
	return await reply.type('application/json; charset=utf-8').send(text);
}

/** Unlike all other V1 refusals, bad media comes with HTTP 400. */
const badMedia = (detail: string): Answer => v1Refusal('params', detail, 400);

export const files =
	(world: World): FastifyPluginAsync =>
	async (server) => {
		const describe = (upload: Upload) => ({
			file_id: upload.id,
			bytes: upload.bytes.length,
			created_at: unixSeconds(upload.createdAt),
			filename: upload.fileName,
			purpose: upload.purpose,
		});

		const describeVideo = (task: Task) => ({
			file_id: String(task.details?.fileId),
			bytes: paddedLength(nearestClip(task), world.config().downloadBytes),
			created_at: unixSeconds(task.endsAt),
			filename: 'output_aigc.mp4',
			purpose: 'video_generation',
		});

		const finishedVideos = (key: string): Task[] =>
			world.tasks
				.list('minimax', key, 'v1')
				.filter((task) => world.tasks.phase(task) === 'succeeded');

		const videoOf = (key: string, fileId: string): Task | undefined =>
			finishedVideos(key).find((task) => task.details?.fileId === fileId);

		const uploadOf = (key: string, fileId: string): Upload | undefined => {
			const upload = world.uploads.get('minimax', fileId);
			return upload?.key === key ? upload : undefined;
		};

		const requireFileId = (query: { file_id?: string }): string => {
			if (!/^\d+$/.test(query.file_id ?? '')) {
				throw v1Refusal('params', 'file_id must be an integer');
			}
			return query.file_id ?? '';
		};

		server.get<{ Querystring: { file_id?: string } }>(
			'/v1/files/retrieve',
			{ config: { step: 'retrieve' } },
			async (request, reply) => {
				const key = authenticate(request, v1Refusal);
				const fileId = requireFileId(request.query);
				const task = videoOf(key, fileId);
				if (task) {
					const expiresAt = world.clock.now() + world.config().linkSeconds.minimaxV1 * 1000;
					const url = linkFor(request, world.links.video(task, expiresAt));
					const file = { ...describeVideo(task), download_url: url };
					return await sendWithBareIds(reply, succeeded({ file }));
				}
				const upload = uploadOf(key, fileId);
				if (!upload) throw v1Refusal('params', 'file not found');
				const url = linkFor(request, world.links.upload('minimax', storedName(upload)));
				const file = { ...describe(upload), download_url: url };
				return await sendWithBareIds(reply, succeeded({ file }));
			},
		);

		server.get<{ Querystring: { file_id?: string } }>(
			'/v1/files/retrieve_content',
			{ config: { step: 'retrieve' } },
			async (request, reply) => {
				const key = authenticate(request, v1Refusal);
				const fileId = requireFileId(request.query);
				const task = videoOf(key, fileId);
				const upload = uploadOf(key, fileId);
				if (!task && !upload) throw v1Refusal('params', 'file not found');
				return await reply
					.type(upload?.type ?? 'video/mp4')
					.send(task ? nearestClip(task).bytes : upload?.bytes);
			},
		);

		server.get<{ Querystring: { purpose?: string } }>(
			'/v1/files/list',
			{ config: { step: 'account' } },
			async (request, reply) => {
				const key = authenticate(request, v1Refusal);
				const { purpose } = request.query;
				if (!purpose) throw v1Refusal('params', 'purpose is required');
				const all = [
					...world.uploads.list('minimax', key).map(describe),
					...finishedVideos(key).map(describeVideo),
				];
				return await sendWithBareIds(
					reply,
					succeeded({ files: all.filter((file) => file.purpose === purpose) }),
				);
			},
		);

		server.post('/v1/files/upload', { config: { step: 'upload' } }, async (request, reply) => {
			const key = authenticate(request, v1Refusal);
			const form = await readForm(request);
			if (!form) throw badMedia('body must be multipart/form-data');
			const { fields, file } = form;
			if (!file || !fields.purpose) throw badMedia('purpose and file are required');

			const type = mediaType(file.bytes);
			if (!type || !TYPES.includes(type)) throw badMedia('file format is not supported');
			const [family = ''] = type.split('/');
			if (file.bytes.length > (MAX_BYTES[family] ?? 0)) throw badMedia('file is too large');
			const problem = family === 'image' ? imageProblem(file.bytes, H3_IMAGE) : undefined;
			if (problem) throw badMedia(problem);

			const upload = world.uploads.add({
				id: fileId(),
				vendor: 'minimax',
				key,
				fileName: file.fileName,
				type,
				purpose: fields.purpose,
				bytes: file.bytes,
				createdAt: world.clock.now(),
				expiresAt: world.clock.now() + UPLOADS_LIVE_MS,
			});
			return await sendWithBareIds(reply, succeeded({ file: describe(upload) }));
		});

		const deleteSchema = z.object({ file_id: z.union([z.number().int(), z.string()]) });
		server.post('/v1/files/delete', { config: { step: 'account' } }, async (request, reply) => {
			const key = authenticate(request, v1Refusal);
			const body = parse(deleteSchema, isRecord(request.body) ? request.body : {}, v1Refusal);
			const upload = uploadOf(key, String(body.file_id));
			if (!upload) throw v1Refusal('params', 'file not found');
			world.uploads.remove(upload);
			return await sendWithBareIds(reply, succeeded({ file_id: upload.id }));
		});

		// What mmx-cli asks for its quota line; the shape is the CLI's, the pages do not have it.
		server.get('/v1/token_plan/remains', { config: { step: 'account' } }, async (request) => {
			authenticate(request, v1Refusal);
			return succeeded({ model_remains: [] });
		});

		// The same for a pay-as-you-go key, which begins with sk-api-.
		server.get('/account/query_balance', { config: { step: 'account' } }, async (request) => {
			const key = authenticate(request, v1Refusal);
			world.tasks.settle();
			const left = isPoorKey(key)
				? 0
				: world.config().minimaxBalance - world.ledger.spent('minimax', key);
			const nothing = '0.00';
			return succeeded({
				available_amount: Math.max(0, left).toFixed(2),
				cash_balance: Math.max(0, left).toFixed(2),
				voucher_balance: nothing,
				credit_balance: nothing,
				owed_amount: Math.max(0, -left).toFixed(2),
				balance_alert_switch: false,
				balance_alert_threshold: nothing,
			});
		});
	};
