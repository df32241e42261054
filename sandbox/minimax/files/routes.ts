import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

import { nearestClip } from '../../clips';
import { fileId as newFileId, type Task } from '../../tasks';
import { readForm, storedName, type Upload } from '../../uploads';
import { linkFor, succeeded, v1Refusal } from '../answers';
import { authenticate } from '../checks';
import type { MiniMaxWorld } from '../settings';
import { balance, describeUpload, describeVideo, sendWithBareIds } from './answers';
import { fileNotFound, readDelete, readUpload, requireFileId } from './checks';

const UPLOADS_LIVE_MS = 7 * 24 * 3600 * 1000;

const finishedVideos = (world: MiniMaxWorld, key: string): Task[] =>
	world.tasks.list('minimax', key, 'v1').filter((task) => world.tasks.phase(task) === 'succeeded');

const videoOf = (world: MiniMaxWorld, key: string, fileId: string): Task | undefined =>
	finishedVideos(world, key).find((task) => task.details?.fileId === fileId);

function uploadOf(world: MiniMaxWorld, key: string, fileId: string): Upload | undefined {
	const upload = world.uploads.get('minimax', fileId);
	return upload?.key === key ? upload : undefined;
}

interface FileQuery {
	Querystring: { file_id?: string };
}

const retrieve =
	(world: MiniMaxWorld) => async (request: FastifyRequest<FileQuery>, reply: FastifyReply) => {
		const key = authenticate(request, v1Refusal);
		const fileId = requireFileId(request.query);
		const task = videoOf(world, key, fileId);
		if (task) {
			const expiresAt = world.clock.now() + world.config().linkSeconds.minimaxV1 * 1000;
			const url = linkFor(request, world.links.video(task, expiresAt));
			const file = { ...describeVideo(world, task), download_url: url };
			return await sendWithBareIds(reply, { file });
		}
		const upload = uploadOf(world, key, fileId);
		if (!upload) throw fileNotFound();
		const url = linkFor(request, world.links.upload('minimax', storedName(upload)));
		return await sendWithBareIds(reply, { file: { ...describeUpload(upload), download_url: url } });
	};

const retrieveContent =
	(world: MiniMaxWorld) => async (request: FastifyRequest<FileQuery>, reply: FastifyReply) => {
		const key = authenticate(request, v1Refusal);
		const fileId = requireFileId(request.query);
		const task = videoOf(world, key, fileId);
		const upload = uploadOf(world, key, fileId);
		if (!task && !upload) throw fileNotFound();
		return await reply
			.type(upload?.type ?? 'video/mp4')
			.send(task ? nearestClip(task).bytes : upload?.bytes);
	};

interface ListQuery {
	Querystring: { purpose?: string };
}

const list =
	(world: MiniMaxWorld) => async (request: FastifyRequest<ListQuery>, reply: FastifyReply) => {
		const key = authenticate(request, v1Refusal);
		const { purpose } = request.query;
		if (!purpose) throw v1Refusal('params', 'purpose is required');
		const all = [
			...world.uploads.list('minimax', key).map(describeUpload),
			...finishedVideos(world, key).map((task) => describeVideo(world, task)),
		];
		return await sendWithBareIds(reply, { files: all.filter((file) => file.purpose === purpose) });
	};

const upload = (world: MiniMaxWorld) => async (request: FastifyRequest, reply: FastifyReply) => {
	const key = authenticate(request, v1Refusal);
	const file = readUpload(await readForm(request));
	const stored = world.uploads.add(UPLOADS_LIVE_MS, {
		id: newFileId(),
		vendor: 'minimax',
		key,
		...file,
	});
	return await sendWithBareIds(reply, { file: describeUpload(stored) });
};

const remove = (world: MiniMaxWorld) => async (request: FastifyRequest, reply: FastifyReply) => {
	const key = authenticate(request, v1Refusal);
	const stored = uploadOf(world, key, readDelete(request.body));
	if (!stored) throw fileNotFound();
	world.uploads.remove(stored);
	return await sendWithBareIds(reply, { file_id: stored.id });
};

/** What mmx-cli asks for its quota line; the shape is the CLI's, the pages do not have it. */
const tokenPlan = async (request: FastifyRequest) => {
	authenticate(request, v1Refusal);
	return succeeded({ model_remains: [] });
};

/** The same for a pay-as-you-go key, which begins with sk-api-. */
const queryBalance = (world: MiniMaxWorld) => async (request: FastifyRequest) =>
	balance(world, authenticate(request, v1Refusal));

export const files =
	(world: MiniMaxWorld): FastifyPluginAsync =>
	async (server) => {
		const retrieving = { config: { step: 'retrieve' } } as const;
		server.get<FileQuery>('/v1/files/retrieve', retrieving, retrieve(world));
		server.get<FileQuery>('/v1/files/retrieve_content', retrieving, retrieveContent(world));
		server.post('/v1/files/upload', { config: { step: 'upload' } }, upload(world));
		const account = { config: { step: 'account' } } as const;
		server.get<ListQuery>('/v1/files/list', account, list(world));
		server.post('/v1/files/delete', account, remove(world));
		server.get('/v1/token_plan/remains', account, tokenPlan);
		server.get('/account/query_balance', account, queryBalance(world));
	};
