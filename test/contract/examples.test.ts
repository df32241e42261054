import { VendorError } from '../../video/failure';
import type { HttpRequest } from '../../video/host';
import type { CreateRequest } from '../../video/provider';
import type { TaskReference } from '../../video/reference';
import { providerOf } from './ask';
import type { Answered } from './exampleAnswers';
import { answers } from './exampleAnswers';
import { forms } from './exampleForms';
import { example, examples, nameOf } from './examples';
import type { FakeAnswer } from './fakeConnection';
import { fakeConnection } from './fakeConnection';
import type { Form } from './forms';
import { baseUrls, hintsOf, produce } from './forms';

const vendorOf = (name: string) => providerOf(name.split(' ')[0]);

const notOurs = {
	callback: 'It comes from the vendor: a callback, which only a callback trigger reads.',
	account: 'It asks for the account: the live test of the credential sends it.',
	regeneration: 'No node offers regeneration.',
	storage: 'Runware takes data URLs inside the request: no node stores media there.',
} as const;

/** Examples that no form makes and no answer of which is read, and why. */
const cannotHold: Readonly<Record<string, string>> = {
	'minimax v1.callback.challenge': notOurs.callback,
	'minimax v2.regenerate.source_task': notOurs.regeneration,
	'minimax v2.regenerate.base_video': notOurs.regeneration,
	'toapis balance_ok': notOurs.account,
	'toapis balance_429': notOurs.account,
	'toapis user_balance_ok': notOurs.account,
	'toapis models': 'The models come from our table: a drop-down needs no request.',
	'toapis webhook_completed': notOurs.callback,
	'toapis webhook_test': notOurs.callback,
	'runware auth_as_task': 'The key goes in a header; the answer was not captured.',
	'runware account_balance_number': notOurs.account,
	'runware media_upload': notOurs.storage,
	'runware media_delete': notOurs.storage,
	'runware image_upload': notOurs.storage,
	'apiframe me': notOurs.account,
	'apiframe models': 'The models come from our table: a drop-down needs no request.',
	'apiframe error_401': notOurs.account,
	'apiframe webhook_completed': notOurs.callback,
	'apiframe webhook_progress': notOurs.callback,
};

/** Examples whose request no form makes although their answer is read, and why. */
const otherRequest: Readonly<Record<string, string>> = {
	'minimax v1.error.unauthenticated': 'The tester did not record the request.',
	'minimax v2.error.400': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.401': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.429': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.error.500': 'The request only illustrates: the form refuses an empty prompt.',
	'minimax v2.query.running': 'A fixture of an SDK, at a host of its own.',
	'minimax v2.query.regeneration': 'The same request at the host of another region.',
	'minimax v2.query.context_ir': 'The same request at the host of another region.',
	'toapis error_429_async': 'The page shows no body.',
	'runware submit_ack': 'A model of another maker, with the delivery method at its default.',
	'runware submit_validation_error': 'The form refuses 10 s for such a model.',
	'runware error_invalid_key': 'A placeholder: no node sends ping.',
	'apiframe error_400': 'The form refuses an empty prompt.',
	'apiframe error_429': 'The page shows no body.',
};

/** The answer of an example; placeholders of the pages become values of their kind. */
function answerOf(name: string): FakeAnswer {
	const { status, headers = {}, body } = example(name).response;
	const filled: unknown =
		body &&
		JSON.parse(JSON.stringify(body).replace('"https://cdn…"', '"https://cdn.example.com/x.png"'));
	const lowered = Object.fromEntries(
		Object.keys(headers).map((header) => [header.toLowerCase(), '7']),
	);
	return { status: Number(status), headers: lowered, body: filled };
}

const isRequest = (value: Form | CreateRequest): value is CreateRequest => 'path' in value;

async function carryOut(name: string, { ask, then = [] }: Answered) {
	const provider = vendorOf(name);
	const replies = [name, ...then].map(answerOf);
	if ('cancel' in ask) replies.unshift(ask.before);
	const connection = fakeConnection(baseUrls[provider.id], replies);
	const reference = (kind: string, id: string): TaskReference => ({
		provider: provider.id,
		kind,
		id,
	});
	const caught = (cause: unknown) => cause;
	const outcome = async (): Promise<unknown> => {
		if ('create' in ask) {
			const request = isRequest(ask.create) ? ask.create : produce(provider, ask.create);
			return await provider.create(connection, request);
		}
		if ('status' in ask) {
			return (await provider.status(connection, [reference(ask.status, ask.id)], [{}]))[0];
		}
		if ('cancel' in ask) return await provider.cancel?.(connection, reference(ask.cancel, ask.id));
		const file = {
			...ask.upload,
			name: 'frame.png',
			digest: '',
			read: async () => new Uint8Array([1, 2, 3]),
		};
		return await provider.upload?.(connection, file);
	};
	return { result: await outcome().catch(caught), requests: connection.requests };
}

const answered = Object.entries(answers);

describe('examples of the vendor pages', () => {
	it('covers or names every example', () => {
		const followed = answered.flatMap(([, { then = [] }]) => then);
		const covered = new Set([...Object.keys(answers), ...Object.keys(cannotHold), ...followed]);
		expect(examples.map(nameOf).filter((name) => !covered.has(name))).toEqual([]);
		const known = new Set(examples.map(nameOf));
		const named = [...covered, ...Object.keys(otherRequest), ...Object.keys(forms)];
		expect(named.filter((name) => !known.has(name))).toEqual([]);
	});

	it.each(Object.entries(forms))('a form makes the request of %s', (name, form) => {
		const provider = vendorOf(name);
		const { path, body } = produce(provider, form);
		const { method, server, path: expectedPath, body: expected } = example(name).request;
		expect({ method: 'POST', server: baseUrls[provider.id], path, body }).toEqual({
			method,
			server,
			path: expectedPath,
			body: expected,
		});
		expect(hintsOf(provider, form)).toEqual([]);
	});

	it.each(answered)('the answer of %s is understood', async (name, expected) => {
		const { result } = await carryOut(name, expected);
		if (expected.link !== undefined) {
			expect(result).toBe(expected.link);
		} else if (expected.error) {
			expect(result).toBeInstanceOf(VendorError);
			expect(result).toMatchObject(expected.error);
			expect((result as VendorError).advice).not.toBe('');
		} else {
			expect(result).toMatchObject(expected.task as object);
		}
	});

	it.each(answered.filter(([name]) => !(name in otherRequest)))(
		'the client sends the request of %s',
		async (name, expected) => {
			const { requests } = await carryOut(name, expected);
			const own = [name, ...(expected.then ?? [])];
			// A cancel looks at the task first.
			const sent = requests.slice(-own.length);
			own.forEach((one, index) => expectRequest(sent[index], one));
		},
	);
});

function expectRequest({ method, url, json, form }: HttpRequest, name: string) {
	const { method: wanted, server = '', path = '', body } = example(name).request;
	expect({ method, url }).toEqual({ method: wanted, url: server + path });
	if (form) expect(form.get('file')).toBeInstanceOf(Blob);
	// That example joins the request of a create and the result of a later question.
	else if (name !== 'runware t2v_task_and_final_result') expect(json).toEqual(body ?? undefined);
}
