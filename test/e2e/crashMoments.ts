import type { Sandbox } from '../../sandbox/server';
import type { ApiGate, ApiRequest, Hold } from './apiGate';

/** What can be ordered, and whether its vendor can be asked what became of a create. */
export const kinds = [
	{ name: 'MiniMax V1', provider: 'minimax', model: 'MiniMax-Hailuo-2.3', canBeAsked: false },
	{ name: 'MiniMax H3', provider: 'minimax', model: 'MiniMax-H3', canBeAsked: true },
	{ name: 'ToAPIs', provider: 'toapis', model: 'MiniMax-Hailuo-2.3', canBeAsked: false },
	{ name: 'Runware', provider: 'runware', model: 'MiniMax-Hailuo-2.3', canBeAsked: true },
	{ name: 'Apiframe', provider: 'apiframe', model: 'MiniMax-Hailuo-2.3', canBeAsked: true },
] as const;

export type Kind = (typeof kinds)[number];

/** Where a moment is held: one order of one vendor. */
export interface Lane {
	readonly key: string;
	readonly kind: Kind;
	readonly sandbox: Sandbox;
	readonly gate: ApiGate;
}

/** A moment in the life of an order, in which n8n dies. */
export interface Moment {
	readonly name: string;
	/** What the live row of the order says then; undefined where there is none. */
	readonly status?: string;
	/** How often the vendor has charged for it. */
	readonly charges: number;
	/** Seconds that the task takes, an hour unless given. */
	readonly seconds?: number;
	/** Nobody holds a request to n8n for longer than half a minute: to be reached last. */
	readonly isShort?: boolean;
	/** Lets an order come so far and no further. Gives whether it is there. */
	hold(lane: Lane): () => boolean;
}

const hour = 3600;

const textOf = ({ body }: ApiRequest, cell: string): unknown =>
	(body as { data?: Record<string, unknown> } | undefined)?.data?.[cell];

const isInsert = ({ method, path }: ApiRequest) => method === 'POST' && path.endsWith('/rows');

const isChange = (cell: string, value: RegExp) => (request: ApiRequest) =>
	request.method === 'PATCH' && value.test(String(textOf(request, cell)));

function slowCreate({ sandbox, kind: { provider } }: Lane, handled: boolean) {
	sandbox.inject({
		vendor: provider,
		step: 'create',
		kind: 'slowAnswer',
		seconds: 10 * hour,
		handled,
	});
	return () => sandbox.requests({ step: 'create' }).length > 0;
}

const atGate =
	(when: Hold['when'], matches: Hold['matches']) =>
	({ gate, key }: Lane) =>
		gate.hold(key, { when, matches });

export const moments: readonly Moment[] = [
	{
		name: 'before the row',
		charges: 0,
		isShort: true,
		hold: atGate('before', isInsert),
	},
	{
		name: 'row written',
		status: 'reserved',
		charges: 0,
		isShort: true,
		hold: atGate('before', isChange('status', /^sending$/)),
	},
	{
		name: 'create on its way, and it never arrives',
		status: 'sending',
		charges: 0,
		hold: (lane) => slowCreate(lane, false),
	},
	{
		name: 'create on its way, and it has arrived',
		status: 'sending',
		charges: 1,
		hold: (lane) => {
			const isSent = slowCreate(lane, true);
			return () => isSent() && lane.sandbox.tasks().length > 0;
		},
	},
	{
		name: 'create answered',
		status: 'sending',
		charges: 1,
		hold: atGate('before', isChange('taskRef', /^\w+:/)),
	},
	{
		name: 'reference written',
		status: 'queued',
		charges: 1,
		hold: atGate('after', isChange('taskRef', /^\w+:/)),
	},
	{
		name: 'waiting',
		status: 'queued',
		charges: 1,
		hold:
			({ sandbox }) =>
			() =>
				sandbox.requests({ step: 'status' }).length > 1,
	},
	{
		name: 'downloading',
		status: 'completed',
		charges: 1,
		seconds: 0,
		hold: ({ sandbox, kind: { provider } }) => {
			const slow = { kind: 'slowAnswer', seconds: 10 * hour, times: 'always' } as const;
			sandbox.inject({ vendor: provider, step: 'download', ...slow });
			return () => sandbox.requests({ step: 'download' }).length > 0;
		},
	},
];
