import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OutsideService } from './service';

const token = 'google-access-token';

/** An account that a person has signed in with: n8n keeps what Google has answered then. */
const signedIn = (type: string) => ({
	type,
	data: {
		clientId: 'client',
		clientSecret: 'secret',
		oauthTokenData: { access_token: token, refresh_token: 'refresh', token_type: 'Bearer' },
	},
});

function letIn(app: FastifyInstance) {
	app.addHook('onRequest', async ({ headers }, reply) => {
		// The address of a started upload is a key by itself.
		if (headers['content-range'] || headers.authorization === `Bearer ${token}`) return;
		await reply.code(401).send({ error: { code: 401, message: 'Invalid Credentials' } });
	});
}

interface Upload {
	readonly id: string;
	readonly about: Record<string, unknown>;
	readonly type: string;
	readonly bytes: Buffer[];
}

/** Google's resumable upload: an address first, then the file in pieces. */
class Uploads {
	private readonly all = new Map<string, Upload>();

	constructor(private readonly path: string) {}

	/** What has been uploaded from the first to the last byte. */
	readonly done: Array<{ id: string; about: Record<string, unknown>; type: string; file: Buffer }> =
		[];

	routes(app: FastifyInstance, host: string) {
		// n8n calls the pieces a form.
		app.removeContentTypeParser('application/x-www-form-urlencoded');
		app.post(this.path, async ({ body, headers }, reply) => {
			const id = randomUUID();
			const type = String(headers['x-upload-content-type']);
			this.all.set(id, { id, about: body as Record<string, unknown>, type, bytes: [] });
			await reply.header('location', `https://${host}${this.path}?upload_id=${id}`).send({});
		});
		app.put(this.path, async (request, reply) => await this.take(request, reply));
	}

	private async take({ query, body, headers }: FastifyRequest, reply: FastifyReply) {
		const upload = this.all.get((query as { upload_id: string }).upload_id);
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(headers['content-range']));
		if (!upload || !range) return await reply.code(400).send({});
		const { id, about, type, bytes } = upload;
		const [first, last, total] = range.slice(1).map(Number);
		const file = Buffer.concat([...bytes, body as Buffer]);
		const held = file.length - (body as Buffer).length;
		if (first !== held || last !== file.length - 1) return await reply.code(400).send({});
		bytes.push(body as Buffer);
		if (file.length < total) return await reply.code(308).send();
		this.done.push({ id, about, type, file });
		await reply.send({ id });
	}
}

const host = 'www.googleapis.com';

/** https://developers.google.com/workspace/drive/api/reference/rest/v3/files/create */
export class Drive implements OutsideService {
	readonly credential = signedIn('googleDriveOAuth2Api');

	readonly uploads = new Uploads('/upload/drive/v3/files');

	readonly hosts = {
		[host]: (app: FastifyInstance) => {
			letIn(app);
			this.uploads.routes(app, host);
			app.patch('/drive/v3/files/:id', async ({ params, body }) => ({
				...(params as object),
				...(body as object),
			}));
		},
	};
}

/** https://developers.google.com/youtube/v3/docs/videos/insert */
export class YouTube implements OutsideService {
	readonly credential = signedIn('youTubeOAuth2Api');

	readonly uploads = new Uploads('/upload/youtube/v3/videos');

	readonly hosts = {
		[host]: (app: FastifyInstance) => {
			letIn(app);
			this.uploads.routes(app, host);
		},
	};
}

/** One sheet of one document: https://developers.google.com/workspace/sheets/api/reference/rest */
export class Sheets implements OutsideService {
	readonly credential = signedIn('googleSheetsOAuth2Api');

	title = 'Sheet1';

	/** The first row has the names of the columns. */
	cells: string[][] = [];

	readonly hosts = {
		'sheets.googleapis.com': (app: FastifyInstance) => {
			letIn(app);
			app.get('/v4/spreadsheets/:id', async () => ({
				sheets: [{ properties: { sheetId: 0, title: this.title } }],
			}));
			app.get('/v4/spreadsheets/:id/values/:range', async ({ params }) => {
				const { range } = params as { range: string };
				return { values: /![A-Z]*1:[A-Z]*1$/.test(range) ? this.cells.slice(0, 1) : this.cells };
			});
			app.post('/v4/spreadsheets/:id/values::batchUpdate', async ({ body }) => {
				const { data } = body as { data: Array<{ range: string; values: string[][] }> };
				for (const { range, values } of data) this.write(range, values);
				return {};
			});
		},
	};

	/** The rows below the first one, by the names of their columns. */
	get rows(): Array<Record<string, string>> {
		const [names, ...rows] = this.cells;
		return rows.map((row) =>
			Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])),
		);
	}

	private write(range: string, values: string[][]) {
		const [, letter, number] = /!([A-Z])(\d+)/.exec(range) ?? [];
		if (!letter) throw new Error(`What is the range ${range}?`);
		const column = letter.charCodeAt(0) - 'A'.charCodeAt(0);
		values.forEach((row, index) => {
			const cells = this.cells[Number(number) - 1 + index];
			row.forEach((value, right) => (cells[column + right] = value));
		});
	}
}
