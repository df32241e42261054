import { randomUUID } from 'node:crypto';

import type { Vendor } from '../../sandbox/config';
import type { Sandbox } from '../../sandbox/server';
import { call } from './client';
import type { Call, Reply } from './client';

interface Create {
	vendor: Vendor;
	path: string;
	/** A valid order with this text; `change` is laid over what the vendor calls a task. */
	body(text: string, change?: object): unknown;
}

export const createNames = [
	'MiniMax V1',
	'MiniMax V2',
	'MiniMax templates',
	'ToAPIs',
	'Runware',
	'Apiframe',
] as const;
export type CreateName = (typeof createNames)[number];

/** One create of every kind of task. */
export const creates: Record<CreateName, Create> = {
	'MiniMax V1': {
		vendor: 'minimax',
		path: '/v1/video_generation',
		body: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
	},
	'MiniMax V2': {
		vendor: 'minimax',
		path: '/v2/video_generation',
		body: (text, change) => ({
			model: 'MiniMax-H3',
			content: [{ type: 'text', text }],
			resolution: '768P',
			duration: 5,
			ratio: '16:9',
			...change,
		}),
	},
	'MiniMax templates': {
		vendor: 'minimax',
		path: '/v1/video_template_generation',
		body: (value, change) => ({
			template_id: '394125185182695432',
			text_inputs: [{ value }],
			...change,
		}),
	},
	ToAPIs: {
		vendor: 'toapis',
		path: '/v1/videos/generations',
		body: (prompt, change) => ({ model: 'MiniMax-Hailuo-2.3', prompt, ...change }),
	},
	Runware: {
		vendor: 'runware',
		path: '',
		body: (positivePrompt, change) => [
			{
				taskType: 'videoInference',
				taskUUID: randomUUID(),
				model: 'minimax:4@1',
				positivePrompt,
				...change,
			},
		],
	},
	Apiframe: {
		vendor: 'apiframe',
		path: '/v2/videos/generate',
		body: (prompt, change) => ({ model: 'hailuo-2.3', prompt, ...change }),
	},
};

export async function create(
	sandbox: Sandbox,
	name: CreateName,
	{ text = 'a lighthouse', change, ...options }: Call & { text?: string; change?: object } = {},
): Promise<Reply> {
	const { vendor, path, body } = creates[name];
	return await call(sandbox, vendor, path, { body: body(text, change), ...options });
}

/** Whether the answer is that of an accepted task. MiniMax V1 refuses with HTTP 200 too. */
export const isAccepted = ({ status, json }: Reply): boolean =>
	[200, 202].includes(status) && (json?.base_resp?.status_code ?? 0) === 0;
