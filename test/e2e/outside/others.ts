import type { FastifyInstance, FastifyReply } from 'fastify';
import type { OutsideService } from './service';

type Fields = Record<string, unknown>;

/** https://core.telegram.org/bots/api */
export class Telegram implements OutsideService {
	readonly credential = {
		type: 'telegramApi',
		data: { accessToken: 'bot-token', baseUrl: 'https://api.telegram.org' },
	};

	/** What has been sent, with the file of a video in `video`. */
	readonly sent: Array<Fields & { method: string }> = [];

	readonly hosts = {
		'api.telegram.org': (app: FastifyInstance) => {
			app.post('/bot:token/:method', async ({ params, body }, reply) => {
				const { token, method } = params as { token: string; method: string };
				if (token !== 'bot-token') {
					return await reply.code(401).send({ ok: false, description: 'Unauthorized' });
				}
				this.sent.push({ ...(body as Fields), method });
				return { ok: true, result: { message_id: this.sent.length } };
			});
		},
	};

	/** What one chat has got. */
	to(chat: string) {
		return this.sent.filter(({ chat_id: id }) => String(id) === chat);
	}
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export class S3 implements OutsideService {
	readonly credential = {
		type: 's3',
		data: {
			endpoint: 'https://s3.example.com',
			region: 'us-east-1',
			accessKeyId: 'access-key',
			secretAccessKey: 'secret-key',
			forcePathStyle: true,
		},
	};

	/** The files by their paths, the bucket first. */
	readonly objects = new Map<string, { type: string; file: Buffer }>();

	readonly hosts = {
		's3.example.com': (app: FastifyInstance) => {
			app.addHook('onRequest', async ({ headers }, reply) => {
				if (/^AWS4-HMAC-SHA256 Credential=access-key\//.test(String(headers.authorization))) return;
				await reply.code(403).send('<Error><Code>AccessDenied</Code></Error>');
			});
			app.get('/:bucket', async (_request, reply) => {
				const region = '<LocationConstraint>us-east-1</LocationConstraint>';
				await reply.type('application/xml').send(region);
			});
			app.put('/*', async ({ params, headers, body }, reply) => {
				const { '*': path } = params as { '*': string };
				this.objects.set(path, { type: String(headers['content-type']), file: body as Buffer });
				await reply.send();
			});
		},
	};
}

/** https://developers.facebook.com/docs/instagram-platform/content-publishing */
export class Instagram implements OutsideService {
	readonly credential = { type: 'facebookGraphApi', data: { accessToken: 'graph-token' } };

	/** How often it is asked for a video that it still looks at. */
	looks = 1;

	/** What has been published, as it was handed over. */
	readonly published: Fields[] = [];

	private readonly containers = new Map<string, { about: Fields; looks: number }>();

	readonly hosts = {
		'graph.facebook.com': (app: FastifyInstance) => {
			app.addHook('onRequest', async ({ query }, reply) => {
				if ((query as { access_token?: string }).access_token === 'graph-token') return;
				await refuse(reply, 'Invalid OAuth access token');
			});
			app.post('/:version/:account/media', async ({ body }) => {
				const id = `container-${this.containers.size}`;
				this.containers.set(id, { about: body as Fields, looks: this.looks });
				return { id };
			});
			app.get('/:version/:id', async ({ params }) => {
				const { id } = params as { id: string };
				const container = this.containers.get(id);
				const isReady = container && container.looks-- <= 0;
				return { id, status_code: isReady ? 'FINISHED' : 'IN_PROGRESS' };
			});
			app.post('/:version/:account/media_publish', async ({ params, body }, reply) => {
				const { account } = params as { account: string };
				const container = this.containers.get((body as { creation_id: string }).creation_id);
				if (!container || container.looks >= 0) return await refuse(reply, 'Media is not ready');
				this.published.push({ account, ...container.about });
				return { id: `media-${this.published.length}` };
			});
		},
	};
}

async function refuse(reply: FastifyReply, message: string) {
	return await reply.code(400).send({ error: { message } });
}

const app = { client_key: 'client-key', client_secret: 'client-secret', refresh_token: 'refresh' };

/** https://developers.tiktok.com/doc/content-posting-api-reference-direct-post */
export class TikTok implements OutsideService {
	readonly credential = {
		type: 'httpCustomAuth',
		data: { json: JSON.stringify({ body: app }) },
	};

	readonly posted: Array<{ about: Fields; file: Buffer }> = [];

	private readonly started: Array<{ post_info: Fields; source_info: Fields }> = [];

	readonly hosts = {
		'open.tiktokapis.com': (routes: FastifyInstance) => {
			routes.post('/v2/oauth/token/', async ({ body }, reply) => {
				const asked = { ...app, grant_type: 'refresh_token' };
				if (!same(body as Fields, asked)) return await reply.code(401).send({ error: 'invalid' });
				return { access_token: 'tiktok-token', refresh_token: app.refresh_token };
			});
			routes.post('/v2/post/publish/video/init/', async ({ headers, body }, reply) => {
				if (headers.authorization !== 'Bearer tiktok-token') return await reply.code(401).send({});
				this.started.push(body as (typeof this.started)[number]);
				const upload = `https://open-upload.tiktokapis.com/video/?upload_id=${this.started.length}`;
				return { data: { publish_id: 'publish-1', upload_url: upload }, error: { code: 'ok' } };
			});
		},
		'open-upload.tiktokapis.com': (routes: FastifyInstance) => {
			routes.put('/video/', async ({ query, headers, body }, reply) => {
				const start = this.started[Number((query as { upload_id: string }).upload_id) - 1];
				const file = body as Buffer;
				const isWhole = headers['content-range'] === `bytes 0-${file.length - 1}/${file.length}`;
				const { source, ...sizes } = start.source_info;
				const one = { video_size: file.length, chunk_size: file.length, total_chunk_count: 1 };
				const isKnown = source === 'FILE_UPLOAD' && same(sizes, one);
				if (!isWhole || !isKnown) return await reply.code(416).send({});
				this.posted.push({ about: start.post_info, file });
				await reply.code(201).send({});
			});
		},
	};
}

const same = (one: Fields, other: Fields) =>
	Object.entries({ ...one, ...other }).every(([name]) => String(one[name]) === String(other[name]));
