import { z } from 'zod';

import { H3_IMAGE, MEGABYTE, imageProblem, mediaType } from '../../media';
import type { Form } from '../../uploads';
import { type Answer, isRecord } from '../../world';
import { v1Refusal } from '../answers';
import { parse } from '../checks';

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

/** Unlike all other V1 refusals, bad media comes with HTTP 400. */
const badMedia = (detail: string): Answer => v1Refusal('params', detail, 400);

/** Reads the form of an upload. */
export function readUpload(form: Form | undefined) {
	if (!form) throw badMedia('body must be multipart/form-data');
	const { fields, file } = form;
	if (!file || !fields.purpose) throw badMedia('purpose and file are required');

	const type = mediaType(file.bytes);
	if (!type || !TYPES.includes(type)) throw badMedia('file format is not supported');
	const [family = ''] = type.split('/');
	if (file.bytes.length > (MAX_BYTES[family] ?? 0)) throw badMedia('file is too large');
	const problem = family === 'image' ? imageProblem(file.bytes, H3_IMAGE) : undefined;
	if (problem) throw badMedia(problem);
	return { ...file, type, purpose: fields.purpose };
}

export function requireFileId({ file_id: fileId = '' }: { file_id?: string }): string {
	if (!/^\d+$/.test(fileId)) throw v1Refusal('params', 'file_id must be an integer');
	return fileId;
}

const deleteSchema = z.object({ file_id: z.union([z.number().int(), z.string()]) });

/** The file that a delete names. */
export const readDelete = (body: unknown): string =>
	String(parse(deleteSchema, isRecord(body) ? body : {}, v1Refusal).file_id);

export const fileNotFound = (): Answer => v1Refusal('params', 'file not found');
