import type { CreateRequest, StatusAnswer } from '../../video/provider';
import { taskKinds } from '../support/vendors';
import { ask, plainCreate, providerOf } from './ask';
import type { FakeAnswer } from './fakeConnection';
import { produce, uuid } from './forms';

/** Every kind of task of every vendor; all that is odd is read alike at each of them. */
export const everywhere = taskKinds.map((one) => [one.vendor, one.kind, one] as const);

export const requestOf = (vendor: string, kind: string): CreateRequest =>
	kind === 'v2'
		? produce(providerOf(vendor), { mode: 'textToVideo', model: 'MiniMax-H3' })
		: { ...plainCreate(vendor), kind };

export const look = async (
	vendor: string,
	kind: string,
	answer: FakeAnswer,
	facts = {},
): Promise<StatusAnswer> => await ask(vendor, answer, { kind, id: uuid, facts });

export const link = 'https://files.example.com/video.mp4';

/** How a vendor says that a task has failed, with a reason of any form. */
export const failing = taskKinds.flatMap(({ vendor, kind, failed }) =>
	failed ? [[vendor, kind, (reason: unknown) => failed(uuid, reason)] as const] : [],
);
