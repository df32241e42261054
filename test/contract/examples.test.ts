import { VendorError } from '../../video/failure';
import type { CreateRequest } from '../../video/provider';
import { testedVendors } from '../support/vendors';
import type { Example, Form, Sample } from '../support/vendors/vendor';
import { providerOf } from './ask';
import { type FakeAnswer, fakeConnection } from './fakeConnection';
import { baseUrls, hintsOf, produce } from './forms';

/** The answer of an example; placeholders of the pages become values of their kind. */
function answerOf({ response: { status, headers = {}, body } }: Example): FakeAnswer {
	const filled: unknown =
		body &&
		JSON.parse(JSON.stringify(body).replace('"https://cdn…"', '"https://cdn.example.com/x.png"'));
	const lowered = Object.fromEntries(
		Object.keys(headers).map((header) => [header.toLowerCase(), '7']),
	);
	return { status: Number(status), headers: lowered, body: filled };
}

const isRequest = (value: Form | CreateRequest): value is CreateRequest => 'path' in value;

/** What becomes of the answers of these examples, and what was asked. */
async function carryOut(vendor: string, ask: NonNullable<Sample['ask']>, own: readonly Example[]) {
	const provider = providerOf(vendor);
	const replies = own.map(answerOf);
	if ('cancel' in ask) replies.unshift(ask.before);
	const connection = fakeConnection(baseUrls[vendor], replies);
	const outcome = async (): Promise<unknown> => {
		if ('create' in ask) {
			const { create, id } = ask;
			const request = isRequest(create) ? create : produce(provider, create, id);
			return await provider.create(connection, request);
		}
		if ('upload' in ask) {
			const read = async () => new Uint8Array([1, 2, 3]);
			const file = { ...ask.upload, name: 'frame.png', digest: '', read };
			return await provider.upload?.(connection, file);
		}
		const kind = 'status' in ask ? ask.status : ask.cancel;
		const reference = { provider: vendor, kind, id: ask.id };
		return 'status' in ask
			? (await provider.status(connection, [reference], [{}]))[0]
			: await provider.cancel?.(connection, reference);
	};
	return {
		result: await outcome().catch((cause: unknown) => cause),
		requests: connection.requests,
	};
}

describe.each(testedVendors)('examples of the pages of $vendor', (tested) => {
	const { vendor, examples, samples } = tested;
	const provider = providerOf(vendor);
	const example = (kind: string) => examples.find((one) => one.kind === kind) as Example;
	const all = Object.entries(samples);
	const withForms = all.flatMap(([kind, { form }]) => (form ? [[kind, form] as const] : []));
	const answered = all.filter(([, sample]) => !sample.notOurs);
	const resultOf = async (kind: string, { form = withForms[0][1], ask, then = [] }: Sample) =>
		await carryOut(vendor, ask ?? { create: form }, [kind, ...then].map(example));

	it('are all here, and each is held or said not to be ours', () => {
		const followed = all.flatMap(([, { then = [] }]) => then);
		expect([...Object.keys(samples), ...followed].sort()).toEqual(
			examples.map(({ kind }) => kind).sort(),
		);
	});

	it.each(withForms)('a form makes the request of %s', (kind, form) => {
		const { path, body } = produce(provider, form);
		const { method, server, path: expectedPath, body: expected } = example(kind).request;
		expect({ method: 'POST', server: baseUrls[vendor], path, body }).toEqual({
			method,
			server,
			path: expectedPath,
			body: expected,
		});
		expect(hintsOf(provider, form)).toEqual([]);
	});

	it.each(answered)('the answer of %s is understood', async (kind, sample) => {
		const { result } = await resultOf(kind, sample);
		const { link, error, task } = sample;
		if (link !== undefined) {
			expect(result).toBe(link);
		} else if (error) {
			expect(result).toBeInstanceOf(VendorError);
			expect(result).toMatchObject(error);
			expect((result as VendorError).advice).not.toBe('');
		} else {
			const body = example(kind).response.body as Record<string, string>;
			const id = body.task_id ?? body.id ?? body.jobId;
			expect(result).toMatchObject(task ?? { reference: { id }, status: 'queued', videos: [] });
		}
	});

	it.each(answered.filter(([, { otherRequest }]) => !otherRequest))(
		'the client sends the request of %s',
		async (kind, sample) => {
			const { requests } = await resultOf(kind, sample);
			const own = [kind, ...(sample.then ?? [])].map(example);
			// A cancel looks at the task first.
			const sent = requests.slice(-own.length);
			own.forEach((one, index) => {
				const { method, url, json, form } = sent[index];
				const { method: wanted, server = '', path = '', body } = one.request;
				expect({ method, url }).toEqual({ method: wanted, url: server + path });
				if (form) expect(form.get('file')).toBeInstanceOf(Blob);
				// An example of a form and a question joins the create and the result of a later question.
				else if (!(one.kind === kind && sample.form && sample.ask)) {
					expect(json).toEqual(body ?? undefined);
				}
			});
		},
	);
});
