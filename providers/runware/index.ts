import type { Provider } from '../../video/provider';
import { readCallback } from './callback';
import { capabilities } from './capabilities';
import { create, recover, status } from './client';
import { encode } from './encode';

/** Runware. Sources: https://runware.ai/docs/models/minimax-hailuo-2-3 and https://runware.ai/docs/platform */
export const runware: Provider = {
	id: 'runware',
	name: 'Runware',
	credential: 'hailuoRunwareApi',
	documentation: 'https://runware.ai/docs/models/minimax-hailuo-2-3',
	capabilities,
	// No rate is published: a full queue answers 429. Nor is a bound of the tasks in one question:
	// https://runware.ai/docs/platform/task-polling
	kinds: [{ kind: 'video', statusBatch: 100 }],
	whereToLook:
		'Look at the requests and the usage in the Runware console (https://my.runware.ai) before you run this item again.',
	optimizesPrompts: false,
	kindOf: () => 'video',
	encode,
	create,
	recover,
	// An assumption: no page says how long a task is known by its ID.
	recoverableFor: 24 * 3600_000,
	status,
	readCallback,
};
