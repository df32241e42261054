import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';

import type { NewTask } from '../tasks';
import { readForm, storedName } from '../uploads';
import { isRecord, look, UUID } from '../world';
import { account, invalid, models, refuse, view, WORDS } from './answers';
import { admit, checkContentAndCredits, readList, readOrder, readUpload } from './checks';
import { CREDITS, SIZES } from './models';
import { Replays } from './replays';
import type { ApiframeWorld } from './settings';
import { notify } from './webhooks';

const UPLOADS_LIVE_MS = 3600 * 1000;

/** A video from text, as somebody else would order it. */
export const usualTask = (key: string, { model = 'hailuo-2.3' }: { model?: string }): NewTask => ({
	id: randomUUID(),
	vendor: 'apiframe',
	kind: 'video',
	key,
	model,
	text: '',
	request: {},
	...SIZES['768p'],
	seconds: 6,
	price: { amount: CREDITS['hailuo-2.3']['768p 6'], unit: 'credits' },
});

const create =
	(world: ApiframeWorld, replays: Replays) =>
	async (request: FastifyRequest, reply: FastifyReply) => {
		const key = admit(world, request);
		const { order, credits, seconds, size } = readOrder(request.body ?? {});
		const body = JSON.stringify(request.body);
		reply.code(202);
		const original = replays.find(request, key, body);
		if (original) return { jobId: original.id, status: WORDS[world.tasks.phase(original)] };
		checkContentAndCredits(world, key, order.prompt, credits);
		const task = world.tasks.create({
			id: randomUUID(),
			vendor: 'apiframe',
			kind: 'video',
			key,
			model: order.model,
			text: order.prompt,
			request: isRecord(request.body) ? request.body : {},
			...size,
			seconds,
			price: { amount: credits, unit: 'credits' },
			details: order.webhookUrl ? { webhookStatus: 'pending' } : {},
		});
		replays.keep(request, key, body, task);
		if (order.webhookUrl) {
			world.callbacks.watch(task, (phase) => notify(world, task, phase, order));
		}
		return { jobId: task.id, status: 'QUEUED' };
	};

interface OneJob {
	Params: { id: string };
}

const getJob = (world: ApiframeWorld) => async (request: FastifyRequest<OneJob>) => {
	const key = admit(world, request);
	if (!UUID.test(request.params.id)) throw refuse(400, 'id must be a UUID');
	const task = world.tasks.find('apiframe', key, request.params.id);
	if (!task) throw refuse(404, 'Job not found');
	const { phase, progress } = look(world, request, task);
	return { ...view(world, task, phase, progress), input: task.request };
};

const listJobs = (world: ApiframeWorld) => async (request: FastifyRequest) => {
	const key = admit(world, request);
	const query = readList(key, request.query);
	const own = world.tasks
		.all()
		.filter((task) => task.vendor === 'apiframe')
		.filter((task) => query.scope === 'team' || task.key === key)
		.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
	// The cursor is the last job of the page before, so new jobs shift nothing.
	const last = query.cursor && Buffer.from(query.cursor, 'base64url').toString();
	const before = last ? own.findIndex((task) => task.id === last) : -1;
	if (last && before < 0) throw invalid({ cursor: ['unknown cursor'] });
	const rest = own
		.slice(before + 1)
		.map((task) => ({ task, ...look(world, request, task) }))
		.filter(({ phase }) => !query.status || WORDS[phase] === query.status)
		.filter(({ task }) => !query.model || task.model === query.model)
		.filter(({ task }) => !query.search || task.id === query.search.toLowerCase());
	const jobs = rest
		.slice(0, query.limit)
		.map(({ task, phase, progress }) => view(world, task, phase, progress));
	const hasMore = rest.length > jobs.length;
	const cursor = Buffer.from(jobs.at(-1)?.id ?? '').toString('base64url');
	return {
		jobs,
		nextCursor: hasMore ? cursor : null,
		hasMore,
		...(query.include_models === 'true' && {
			models: [...new Set(own.map((task) => task.model))].sort(),
		}),
	};
};

const me = (world: ApiframeWorld) => async (request: FastifyRequest) => {
	const key = admit(world, request);
	world.tasks.settle();
	return account(world, key);
};

interface ModelsQuery {
	Querystring: { modality?: string };
}

const listModels = async (request: FastifyRequest<ModelsQuery>) => {
	const { modality } = request.query;
	if (modality !== undefined && !['image', 'video', 'music'].includes(modality)) {
		throw invalid({ modality: ['must be image, video or music'] });
	}
	return modality === undefined || modality === 'video' ? models() : { models: [] };
};

const upload = (world: ApiframeWorld) => async (request: FastifyRequest, reply: FastifyReply) => {
	const key = admit(world, request);
	const { kind, ...file } = readUpload(await readForm(request));
	const stored = world.uploads.add(UPLOADS_LIVE_MS, {
		id: randomUUID(),
		vendor: 'apiframe',
		key,
		...file,
		purpose: 'generation',
	});
	reply.code(201);
	return {
		id: stored.id,
		url: world.links.upload('apiframe', storedName(stored)),
		kind,
		contentType: stored.type,
		byteSize: stored.bytes.length,
		expiresAt: new Date(stored.expiresAt).toISOString(),
	};
};

export const routes =
	(world: ApiframeWorld): FastifyPluginAsync =>
	async (server) => {
		server.addHook('onSend', async (_request, reply) => {
			reply.header('x-request-id', randomUUID());
		});
		const creating = { config: { step: 'create' } } as const;
		server.post('/v2/videos/generate', creating, create(world, new Replays(world)));
		server.get<OneJob>('/v2/jobs/:id', { config: { step: 'status' } }, getJob(world));
		server.get('/v2/jobs', { config: { step: 'list' } }, listJobs(world));
		const looking = { config: { step: 'account' } } as const;
		server.get('/v2/me', looking, me(world));
		server.get<ModelsQuery>('/v2/models', looking, listModels);
		server.post('/v2/uploads', { config: { step: 'upload' } }, upload(world));
	};
