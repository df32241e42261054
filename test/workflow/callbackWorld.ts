import type { Credentials } from '../../harness/engine/additionalData';
import { CallbackProcess, type Database, untilTrue, useCallbacks } from './callbackProcess';
import { useTriggers, vendors } from './triggerWorld';
import { keys, sandbox, submit } from './world';

/** A sandbox, an empty task table and no process of n8n for each test of this file. */
export function useCallbackTriggers() {
	useTriggers();
	useCallbacks();
}

export const secret = 'a secret of 32 bytes, as ToAPIs has';

export const allKeys = (): Credentials => ({
	...keys(),
	hailuoToApisApi: { ...keys().hailuoToApisApi, webhookSecret: secret },
});

export const recorded = { recordTask: true, taskTable: {} };

export async function startProcess(parameters = {}, database?: Database): Promise<CallbackProcess> {
	const started = await CallbackProcess.start(
		{ parameters: { ...recorded, ...parameters }, credentials: allKeys() },
		database,
	);
	sandbox.configure({ toapisWebhook: { origin: started.url, secret } });
	return started;
}

/** Orders videos that call back, one after another of each vendor. */
export async function order(url: string, count: number, more = {}, prompt = ''): Promise<string[]> {
	const references: string[] = [];
	for (let index = 0; index < count; index++) {
		const { taskRef } = await submit(vendors[index % vendors.length], prompt || `Boat ${index}`, {
			options: { callbackUrl: url },
			...more,
		});
		references.push(String(taskRef));
	}
	return references.sort();
}

export const statusQuestions = () => sandbox.requests({ step: 'status' }).length;
export const withRows = { recordTask: true, taskTable: { label: 'x' } };
const answered = () => sandbox.callbacks().every(({ dropped, status }) => dropped || status);

/** Lets the tasks end, and all calls about it be answered. */
export async function end(count: number) {
	sandbox.advance(20_000);
	const ends = () => sandbox.callbacks().filter(({ final }) => final);
	await untilTrue(() => ends().length >= count);
	await untilTrue(answered);
}
