import { randomUUID } from 'node:crypto';
import { call } from './client';
import { sandbox } from './world';

export const task = (change: object = {}) => ({
	taskType: 'videoInference',
	taskUUID: randomUUID(),
	model: 'minimax:4@1',
	positivePrompt: 'a lighthouse',
	...change,
});
export const runware = async (tasks: unknown, key?: string) =>
	await call(sandbox, 'runware', '', { body: tasks, key });
export const poll = async (...ids: string[]) =>
	await runware(ids.map((taskUUID) => ({ taskType: 'getResponse', taskUUID })));
