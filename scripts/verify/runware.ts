import { randomUUID } from 'node:crypto';
import { VendorError, vendorErrorOf } from '../../video/failure';
import { byHand, type Check, notedReadings, statedPrice, unknownTask } from './check';

const model = 'MiniMax-Hailuo-2.3';
/** Not offered by the package while nobody has seen them. Source: https://runware.ai/docs/models */
const h3Models = ['minimax:h3@0', 'minimax:h3@fast', 'minimax:h3@max', 'minimax:h3@max-turbo'];

/** What README's “What is not verified” names of Runware. */
export const runwareChecks: readonly Check[] = [
	unknownTask('task', 'video', '00000000-0000-4000-8000-000000000001'),
	{
		reading: 'The H3 models',
		expected: `a search finds ${h3Models.join(', ')}`,
		look: async (account) => {
			const search = { taskType: 'modelSearch', search: 'minimax:h3', limit: 20 };
			const found = await account.post([{ ...search, taskUUID: randomUUID() }]);
			const missing = h3Models.filter((id) => !JSON.stringify(found ?? '').includes(`"${id}"`));
			return {
				confirmed: missing.length === 0,
				seen:
					missing.length === 0
						? h3Models.join(', ')
						: `without ${missing.join(', ')}: ${account.lastAnswer}`,
			};
		},
	},
	{
		reading: 'What it says to a task ID that it has already',
		expected: 'a refusal with a code that begins with “duplicate”',
		// Should it not be refused, it is charged twice.
		orders: [model, model],
		look: async (account) => {
			const { request } = await account.video(model);
			const again = await account.order(request).catch(vendorErrorOf);
			const isRefused = /"code":\s*"duplicate/i.test(account.lastAnswer);
			const readAs = again instanceof VendorError ? again.message : 'the task of the first one';
			return { confirmed: isRefused, seen: `${account.lastAnswer}, read as: ${readAs}` };
		},
	},
	statedPrice(model),
	byHand(
		'How long it knows a task ID',
		'24 hours at least',
		'Ask for a video of yesterday with Hailuo Query Task, and say in the issue how old it was and what came.',
	),
	notedReadings,
];
