import type { Provider } from '../../video/provider';
import { readCallback } from './callback';
import { capabilities } from './capabilities';
import { cancel, create, listTasks, recover, status } from './client';
import { encode, kindOf } from './encode';
import { baseUrl } from './regions';

/** MiniMax itself. Sources: https://platform.minimax.io/docs and https://platform.minimaxi.com/docs */
export const minimax: Provider = {
	id: 'minimax',
	name: 'MiniMax',
	credential: 'hailuoMiniMaxApi',
	documentation: 'https://platform.minimax.io/docs/guides/video-generation',
	capabilities,
	// https://platform.minimax.io/docs/guides/rate-limits
	kinds: [
		{ kind: 'v1', createLimit: { requests: 20, per: 60 }, statusBatch: 1 },
		{ kind: 'template', createLimit: { requests: 20, per: 60 }, statusBatch: 1 },
		{ kind: 'v2', createLimit: { requests: 300, per: 60 }, maxInFlight: 30, statusBatch: 50 },
	],
	whereToLook:
		'Look at the tasks and the balance in the MiniMax console before you run this item again.',
	baseUrl,
	optimizesPrompts: true,
	kindOf,
	encode: (request, write, _id, capability) => encode(request, write, capability),
	create,
	recover,
	// The list of H3 tasks keeps 7 days:
	// https://platform.minimax.io/docs/api-reference/video-generation-v2-list
	recoverableFor: 7 * 24 * 3600_000,
	status,
	list: listTasks,
	cancellable: ['v2'],
	cancel,
	readCallback,
};
