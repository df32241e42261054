import fc from 'fast-check';
import { providers } from '../../providers';
import { VendorError } from '../../video/failure';
import { taskItem, taskStatuses } from '../../video/task';
import { fakeConnection } from '../contract/fakeConnection';
import { bodiesOf, paths, replaced } from '../contract/spoil';

/** Answers of the vendors, spoiled: nothing but a VendorError may come of it, and no status of its own. */
const secret = 'key-that-nobody-may-see';

const nested = (depth: number): unknown => (depth === 0 ? 'deep' : { task: [nested(depth - 1)] });

const oddValue = fc.oneof(
	fc.jsonValue(),
	fc.constantFrom<unknown>(
		null,
		'',
		0,
		-1,
		1e308,
		Number.MAX_SAFE_INTEGER + 2,
		'99999999999999999999999999',
		'constructor',
		'__proto__',
		'\u0000\ud800',
		[],
		{},
		[[[]]],
		true,
		nested(200),
	),
);

const spoiled = (answers: readonly unknown[]) =>
	fc
		.nat({ max: answers.length - 1 })
		.chain((index) => {
			const places = paths(answers[index]);
			const change = fc.tuple(fc.nat({ max: places.length - 1 }), oddValue);
			return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
				changes.reduce((answer, [place, value]) => {
					try {
						return replaced(answer, places[place], value);
					} catch {
						return answer;
					}
				}, answers[index]),
			);
		})
		.chain((answer) => {
			const text = JSON.stringify(answer) ?? 'null';
			return fc.oneof(
				{ weight: 4, arbitrary: fc.constant(text) },
				{ weight: 1, arbitrary: fc.nat({ max: text.length }).map((end) => text.slice(0, end)) },
				{ weight: 1, arbitrary: fc.constant(`\ufeff${text}`) },
			);
		});

describe.each(providers.map((provider) => [provider.name, provider] as const))(
	'spoiled answers of %s',
	(_, provider) => {
		const answers = bodiesOf(provider.id);
		const id = '24cd5dff-cb81-4db5-8506-b72a9425f9d1';
		const [row] = provider.capabilities;
		const request = provider.encode(
			{ mode: row.mode, model: row.model, prompt: 'A paper boat', settings: {} },
			() => 'https://example.com/a.jpg',
			id,
			row,
		);

		test('end in a task of ours or in a VendorError', async () => {
			await fc.assert(
				fc.asyncProperty(
					spoiled(answers),
					fc.constantFrom(200, 200, 200, 400, 404, 429, 500, 503),
					async (body, status) => {
						const connection = fakeConnection(`https://vendor.example.com/${secret}`, [
							{ status, body },
						]);
						const calls: Array<() => Promise<unknown>> = [
							async () => await provider.create(connection, request),
							...provider.kinds.map(
								({ kind }) =>
									async () =>
										await provider.status(connection, [{ provider: provider.id, kind, id }], [{}]),
							),
							async () => await provider.list?.(connection, {}),
						];
						for (const call of calls) {
							const result = await call().catch((cause: unknown) => cause);
							if (result instanceof Error) expect(result).toBeInstanceOf(VendorError);
							for (const task of Array.isArray(result) ? (result as unknown[]) : []) {
								if (task instanceof Error) {
									expect(task).toBeInstanceOf(VendorError);
									continue;
								}
								const item = taskItem(task as Parameters<typeof taskItem>[0]);
								expect(taskStatuses).toContain(item.status);
								expect(JSON.stringify(item)).not.toContain(secret);
							}
						}
					},
				),
				{ numRuns: 1250 },
			);
		}, 120_000);
	},
);
