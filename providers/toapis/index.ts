import type { Provider } from '../../video/provider';
import { isSigned, readCallback } from './callback';
import { capabilities } from './capabilities';
import { create, status, upload } from './client';
import { encode } from './encode';

/** The ToAPIs gateway. Source: https://docs.toapis.com/docs/en/api-reference */
export const toapis: Provider = {
	id: 'toapis',
	name: 'ToAPIs',
	credential: 'hailuoToApisApi',
	documentation:
		'https://docs.toapis.com/docs/en/api-reference/videos/minimax-hailuo-2.3/generation',
	capabilities,
	// https://docs.toapis.com/docs/en/api-reference/rate-limits/async-tasks, default group
	kinds: [{ kind: 'video', createLimit: { requests: 5, per: 1 }, statusBatch: 1 }],
	whereToLook:
		'Look at the task log and the balance in the ToAPIs console (https://toapis.com/console) before you run this item again.',
	optimizesPrompts: true,
	kindOf: () => 'video',
	encode,
	upload,
	create,
	status,
	readCallback,
	isSigned,
};
