import { findProvider } from '../../providers';
import { VendorError } from '../../video/failure';
import type { CreateRequest, Provider, StatusAnswer } from '../../video/provider';
import type { TaskFacts, VideoTask } from '../../video/task';
import { type FakeAnswer, fakeConnection } from './fakeConnection';
import { baseUrls, produce, uuid } from './forms';

export const providerOf = (id: string) => findProvider(id) as Provider;

/** One question about one task, answered as given. */
export async function ask(
	provider: string,
	answer: FakeAnswer,
	{ kind = 'video', id = uuid, facts = {} as TaskFacts } = {},
): Promise<StatusAnswer> {
	const connection = fakeConnection(baseUrls[provider], [answer]);
	const reference = { provider, kind, id };
	const answers = await providerOf(provider)
		.status(connection, [reference], [facts])
		.catch(vendorError);
	return answers instanceof VendorError ? answers : answers[0];
}

export const plainCreate = (provider: string): CreateRequest =>
	produce(providerOf(provider), { mode: 'textToVideo', model: 'MiniMax-Hailuo-2.3' });

export async function create(
	provider: string,
	answer: FakeAnswer,
	request = plainCreate(provider),
): Promise<VideoTask | VendorError> {
	const connection = fakeConnection(baseUrls[provider], [answer]);
	return await providerOf(provider).create(connection, request).catch(vendorError);
}

/** The engine throws VendorErrors only: anything else is a fault of the provider. */
export function vendorError(cause: unknown): VendorError {
	if (cause instanceof VendorError) return cause;
	throw cause;
}
