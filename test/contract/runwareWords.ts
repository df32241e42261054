import type { StatusAnswer } from '../../video/provider';
import { ask } from './ask';
import { uuid } from './forms';

/** What Runware says about one task. */
export const running = {
	taskType: 'videoInference',
	taskUUID: uuid,
	status: 'processing',
	progress: 40,
};

export const broken = {
	code: 'timeoutProvider',
	message: 'too slow',
	status: 'error',
	taskUUID: uuid,
};

export const linkOf = (name: string) => `https://vm.runware.ai/video/${name}.mp4`;

export const done = (name: string, fields: object = {}) => ({
	taskType: 'videoInference',
	taskUUID: uuid,
	status: 'success',
	videoURL: linkOf(name),
	...fields,
});

/** One question about the task, for which so many results were ordered. */
export const poll = async (body: object, results?: number, status = 200): Promise<StatusAnswer> =>
	await ask('runware', { status, body }, { id: uuid, facts: results ? { results } : {} });
