import type { Provider } from '../../video/provider';
import { isSigned, readCallback } from './callback';
import { capabilities } from './capabilities';
import { create, listTasks, recover, status, upload } from './client';
import { encode } from './encode';

/** The Apiframe gateway, version 2. Source: https://api.apiframe.ai/v2/openapi.json */
export const apiframe: Provider = {
	id: 'apiframe',
	name: 'Apiframe',
	credential: 'hailuoApiframeApi',
	documentation: 'https://docs-v2.apiframe.ai/docs/videos/hailuo/hailuo-2-3',
	capabilities,
	// No rate is published: 429 says how long to wait.
	kinds: [{ kind: 'video', statusBatch: 1 }],
	whereToLook:
		'Look at the jobs and the credits in the Apiframe console (https://console.apiframe.ai) before you run this item again.',
	kindOf: () => 'video',
	encode,
	upload,
	create,
	recover,
	// An Idempotency-Key lives for 24 hours; an hour less, for clocks and pauses.
	recoverableFor: 23 * 3600_000,
	status,
	list: listTasks,
	readCallback,
	isSigned,
};
