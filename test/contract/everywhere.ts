import type { CreateRequest, StatusAnswer } from '../../video/provider';
import { ask, jobId, plainCreate, providerOf } from './ask';
import type { FakeAnswer } from './fakeConnection';
import { produce, uuid } from './forms';

/** Vendors with the kinds of their tasks; all that is odd is read alike at each of them. */
export const everywhere = [
	['minimax', 'v1'],
	['minimax', 'template'],
	['minimax', 'v2'],
	['toapis', 'video'],
	['runware', 'video'],
	['apiframe', 'video'],
] as const;

export const idAt = (vendor: string) => (vendor === 'runware' ? uuid : jobId);

export const requestOf = (vendor: string, kind: string): CreateRequest =>
	kind === 'v2'
		? produce(providerOf(vendor), { mode: 'textToVideo', model: 'MiniMax-H3' })
		: { ...plainCreate(vendor), kind };

export const look = async (
	vendor: string,
	kind: string,
	answer: FakeAnswer,
	facts = {},
): Promise<StatusAnswer> => await ask(vendor, answer, { kind, id: idAt(vendor), facts });

export const link = 'https://files.example.com/video.mp4';

/** How a vendor says that a task has failed, with a reason of any form. */
export const failed: Readonly<Record<string, (error: unknown) => object>> = {
	'minimax v2': (error) => ({ task: { id: jobId, status: 'failed', error } }),
	'toapis video': (error) => ({ id: jobId, status: 'failed', error }),
	'apiframe video': (error) => ({ id: jobId, status: 'FAILED', error }),
	'runware video': (error) => ({ data: [{ taskUUID: uuid, status: 'error', error }] }),
};

export const failing = Object.entries(failed).map(
	([name, body]) => [...name.split(' '), body] as [string, string, (error: unknown) => object],
);
