import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import multipart from '@fastify/multipart';
import fastify from 'fastify';
import { Drive, Sheets, YouTube } from './google';
import { Instagram, S3, Telegram, TikTok } from './others';
import type { OutsideService } from './service';

/**
 * Plays the services that the examples hand videos to. Until it is closed, the n8n of this user folder
 * reaches it under their own names (addresses.cjs), so that examples run as people import them.
 */
export class OutsideServices {
	readonly drive = new Drive();

	readonly instagram = new Instagram();

	readonly s3 = new S3();

	readonly sheets = new Sheets();

	readonly telegram = new Telegram();

	readonly tikTok = new TikTok();

	readonly youTube = new YouTube();

	private readonly app = fastify({ bodyLimit: 50_000_000, forceCloseConnections: true });

	private constructor(private readonly namesFile: string) {}

	static async open(userFolder: string): Promise<OutsideServices> {
		const services = new OutsideServices(join(userFolder, 'outside-services.json'));
		await services.listen();
		return services;
	}

	get all(): OutsideService[] {
		const { drive, instagram, s3, sheets, telegram, tikTok, youTube } = this;
		return [drive, instagram, s3, sheets, telegram, tikTok, youTube];
	}

	async close(): Promise<void> {
		await rm(this.namesFile, { force: true });
		await this.app.close();
	}

	private async listen() {
		const { app } = this;
		await app.register(multipart, { attachFieldsToBody: 'keyValues' });
		const asBuffer = { parseAs: 'buffer' } as const;
		app.addContentTypeParser('*', asBuffer, (_request, body, done) => done(null, body));
		const form = 'application/x-www-form-urlencoded';
		app.addContentTypeParser(form, asBuffer, (_request, body, done) =>
			done(null, Object.fromEntries(new URLSearchParams(String(body)))),
		);
		const hosts = this.all.flatMap((service) => Object.entries(service.hosts));
		for (const [host, routes] of hosts) {
			await app.register(async (below) => routes(below), { prefix: `/${host}` });
		}
		const url = await app.listen({ host: '127.0.0.1', port: 0 });
		const port = Number(new URL(url).port);
		const ports = Object.fromEntries(hosts.map(([host]) => [host, port]));
		await writeFile(this.namesFile, JSON.stringify(ports));
	}
}
