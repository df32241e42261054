import type { FastifyRequest } from 'fastify';

import { extensionOf } from './media';
import type { Clock } from './tasks';

export interface Upload {
	id: string;
	vendor: string;
	key: string;
	fileName: string;
	type: string;
	purpose: string;
	bytes: Buffer;
	createdAt: number;
	expiresAt: number;
}

/** Media that users have brought, kept in memory. */
export class Uploads {
	private readonly uploads = new Map<string, Upload>();

	constructor(private readonly clock: Clock) {}

	/** Keeps it from now on for so many milliseconds. */
	add(lives: number, brought: Omit<Upload, 'createdAt' | 'expiresAt'>): Upload {
		const createdAt = this.clock.now();
		const upload = { ...brought, createdAt, expiresAt: createdAt + lives };
		this.uploads.set(`${upload.vendor} ${upload.id}`, upload);
		return upload;
	}

	get(vendor: string, id: string): Upload | undefined {
		return this.uploads.get(`${vendor} ${id}`);
	}

	list(vendor: string, key: string): Upload[] {
		return [...this.uploads.values()].filter((one) => one.vendor === vendor && one.key === key);
	}

	remove(upload: Upload): void {
		this.uploads.delete(`${upload.vendor} ${upload.id}`);
	}

	reset(): void {
		this.uploads.clear();
	}
}

export interface Form {
	fields: Record<string, string>;
	file?: { fileName: string; bytes: Buffer };
}

/** A multipart form; undefined when the body is none, or is broken. What it was is kept for the log. */
export async function readForm(request: FastifyRequest): Promise<Form | undefined> {
	if (!request.isMultipart()) return undefined;
	const form: Form = { fields: {} };
	try {
		for await (const part of request.parts()) {
			if (part.type === 'file') {
				form.file = { fileName: part.filename, bytes: await part.toBuffer() };
			} else {
				form.fields[part.fieldname] = String(part.value);
			}
		}
	} catch (error) {
		// The parser's own refusals (too large, too many files) have a status; a broken body has none.
		if (error instanceof Error && 'statusCode' in error) throw error;
		return undefined;
	}
	const { fields, file } = form;
	request.seen.body = { ...fields, file: file && `${file.fileName}, ${file.bytes.length} bytes` };
	return form;
}

/** The name that an upload has at the download host. */
export const storedName = (upload: Upload): string => `${upload.id}.${extensionOf(upload.type)}`;
