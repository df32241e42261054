import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

import { readForm, storedName } from '../uploads';
import { hasRole, isRecord, look } from '../world';
import { balance, CREDITS_PER_USD, models, taskNotFound, view } from './answers';
import {
	authenticate,
	authenticateBalance,
	checkLimit,
	checkOrder,
	readUpload,
	type UploadRules,
} from './checks';
import { newId } from './ids';
import { MODELS, readOrder } from './orders';
import type { ToApisWorld } from './settings';
import { notify } from './webhooks';

const DAY = 24 * 3600 * 1000;

const SUBMIT = { name: 'toapisSubmit', category: 'async_submit' };
const QUERY = { name: 'toapisQuery', category: 'async_query' };

const create = (world: ToApisWorld) => async (request: FastifyRequest, reply: FastifyReply) => {
	const key = authenticate(request);
	checkLimit(world, SUBMIT, key, reply);
	const body = isRecord(request.body) ? request.body : {};
	const order = readOrder(body);
	checkOrder(world, order, key);
	const credits = Math.round(order.usd * CREDITS_PER_USD * 1000) / 1000;
	const task = world.tasks.create({
		id: newId('vid'),
		vendor: 'toapis',
		kind: 'video',
		key,
		model: order.model,
		text: order.prompt,
		request: body,
		...order.size,
		seconds: order.seconds,
		price: { amount: credits, unit: 'credits' },
		details: { clientBusinessId: order.clientBusinessId },
	});
	const { callbackUrl } = order;
	if (callbackUrl) {
		world.callbacks.watch(task, (phase) => notify(world, task, phase, callbackUrl));
	}
	return { ...view(world, task, 'queued', 0), ...(order.hasMetadata && { metadata: {} }) };
};

interface OneTask {
	Params: { id: string };
}

const query =
	(world: ToApisWorld) => async (request: FastifyRequest<OneTask>, reply: FastifyReply) => {
		const key = authenticate(request);
		checkLimit(world, QUERY, key, reply);
		const { id } = request.params;
		const task =
			world.tasks.find('toapis', key, id) ??
			world.tasks.list('toapis', key).find((one) => one.details?.clientBusinessId === id);
		if (!task) throw taskNotFound();
		const { phase, progress } = look(world, request, task);
		return view(world, task, phase, progress);
	};

/** A key may have no quota. */
const tokenBalance = (world: ToApisWorld) => async (request: FastifyRequest) => {
	const refusal = 'Failed to get token info: record not found';
	const key = authenticateBalance(request, refusal);
	return balance(world, key, hasRole(key, 'unlimited'));
};

/** An account always has one. */
const userBalance = (world: ToApisWorld) => async (request: FastifyRequest) =>
	balance(world, authenticateBalance(request, 'Failed to get user quota'), false);

interface ModelsQuery {
	Querystring: { type?: string };
}

const listModels = async (request: FastifyRequest<ModelsQuery>) => {
	authenticate(request);
	const { type = 'text' } = request.query;
	return models(['video', 'all'].includes(type) ? MODELS : []);
};

const upload = (world: ToApisWorld, rules: UploadRules) => async (request: FastifyRequest) => {
	const key = authenticate(request);
	const file = readUpload(await readForm(request), rules);
	const stored = world.uploads.add(DAY, {
		id: newId('upload'),
		vendor: 'toapis',
		key,
		...file,
		purpose: 'generation',
	});
	const url = world.links.upload('toapis', storedName(stored));
	return {
		success: true,
		message: '',
		data: { id: stored.id, url, mime_type: stored.type, size: stored.bytes.length },
	};
};

const IMAGES: UploadRules = {
	what: 'image',
	types: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
	maxMegabytes: 10,
};
const VIDEOS: UploadRules = {
	what: 'video',
	types: ['video/mp4', 'video/webm', 'video/quicktime'],
	maxMegabytes: 50,
};

export const routes =
	(world: ToApisWorld): FastifyPluginAsync =>
	async (server) => {
		const path = '/v1/videos/generations';
		server.post(path, { config: { step: 'create' } }, create(world));
		server.get<OneTask>(`${path}/:id`, { config: { step: 'status' } }, query(world));
		const account = { config: { step: 'account' } } as const;
		for (const prefix of ['/v1', '']) {
			server.get(`${prefix}/balance`, account, tokenBalance(world));
			server.get(`${prefix}/user/balance`, account, userBalance(world));
		}
		server.get<ModelsQuery>('/v1/models', account, listModels);
		const uploading = { config: { step: 'upload' } } as const;
		server.post('/v1/uploads/images', uploading, upload(world, IMAGES));
		server.post('/v1/uploads/videos', uploading, upload(world, VIDEOS));
	};
