import { byHand, type Check, notedReadings, unknownTask } from './check';
import { cheapestOrder, Unchecked } from './account';

const h3 = 'MiniMax-H3';
const madeUpId = '100000000000001';

/** What README's “What is not verified” names of MiniMax. */
export const minimaxChecks: readonly Check[] = [
	unknownTask('Hailuo task', 'v1', madeUpId),
	unknownTask('template task', 'template', madeUpId),
	unknownTask('H3 task', 'v2', madeUpId),
	{
		reading: 'How the H3 list takes several IDs at once',
		expected: 'filter.task_ids once for each ID: one request answers for two tasks',
		orders: [h3, h3],
		look: async (account) => {
			const { provider, connection } = account;
			const found = await provider.list?.(connection, { model: h3 });
			const ids = (found?.tasks ?? []).slice(0, 2).map(({ reference }) => reference.id);
			while (ids.length < 2) {
				const { request } = cheapestOrder(provider, h3);
				ids.push((await account.order(request)).reference.id);
			}
			const before = account.requests;
			const answers = await account.ask(ids.map((id) => ({ kind: 'v2', id })));
			const requests = account.requests - before;
			if (answers.some((answer) => answer instanceof Error)) {
				throw new Unchecked(`The tasks could not be asked for: ${account.lastAnswer}`);
			}
			return {
				confirmed: requests === 1,
				seen: `${requests} requests for ${ids.length} tasks, the last answer: ${account.lastAnswer}`,
			};
		},
	},
	byHand(
		'All prices',
		'the prices in docs/models.md',
		'MiniMax does not say what a video has cost: compare Billing in its console with the cost in the item.',
	),
	notedReadings,
];
