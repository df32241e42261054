import { VendorError } from '../../video/failure';
import type { Connection } from '../../video/host';
import type { Order } from '../../video/order';
import type { CreateRequest, Provider, Recovery, TimeSpan } from '../../video/provider';
import type { VideoTask } from '../../video/task';

/** How a vendor can be asked what became of a create: by our ID, by its list of tasks, or not at all. */
export type Askable = 'byId' | 'byList' | 'never';

export interface CreateFate {
	/** Milliseconds until the vendor acts on it, and from then until its answer arrives. */
	readonly there: number;
	readonly back: number;
	/** `poor`: a refusal that lasts. */
	readonly end: 'accepted' | 'refused' | 'poor' | 'lostBefore' | 'lostAfter';
	/** Whether the vendor gives its task up. */
	readonly fails?: boolean;
}

interface Charge {
	readonly id: string;
	readonly task: string;
	readonly at: number;
	readonly fails: boolean;
}

/** A vendor in simulated time whose creates meet what they are told to meet. */
export class FakeVendor {
	readonly charges: Charge[] = [];

	constructor(
		private readonly askable: Askable,
		private readonly now: () => number,
		private readonly sleepAtVendor: (milliseconds: number) => Promise<void>,
		private readonly nextFate: () => CreateFate,
		private readonly name = 'fake',
	) {}

	get provider(): Provider {
		const recover = async (_: Connection, request: CreateRequest, sent: TimeSpan) =>
			await Promise.resolve(this.recovery(request, sent));
		return {
			id: this.name,
			name: 'Fake Vendor',
			credential: 'fakeApi',
			documentation: 'https://vendor.example.com',
			capabilities: [],
			kinds: [{ kind: 'video', statusBatch: 1 }],
			whereToLook: 'Look into its console.',
			kindOf: () => 'video',
			encode: (_, __, id) => this.request(id),
			create: async (connection, request) => await this.create(connection, request),
			status: async (_, references) =>
				await Promise.resolve(references.map(({ id }) => this.ended(id))),
			...(this.askable !== 'never' && { recover }),
		};
	}

	private request(id: string): CreateRequest {
		return { kind: 'video', path: '/create', body: { id } };
	}

	/** An order of one video here. */
	order(connection: Connection, memoryKey: string): Order {
		return {
			provider: this.provider,
			connection: { ...connection },
			kind: 'video',
			files: [],
			facts: {},
			ready: { earliest: 5, typical: 60 },
			content: 'A paper boat',
			memoryKey,
			build: (_, id) => this.request(id),
		};
	}

	private async create({ host }: Connection, { body }: CreateRequest): Promise<VideoTask> {
		const { id } = body as { id: string };
		const fate = this.nextFate();
		// What is on its way arrives, also when the process that sent it is gone.
		const arrived = this.sleepAtVendor(fate.there).then(() => this.act(id, fate));
		await host.sleep(fate.there + fate.back);
		const task = await arrived;
		if (fate.end === 'refused') throw refusal;
		if (fate.end === 'poor') throw poor;
		if (!task || fate.end === 'lostAfter') throw lost;
		return this.taskOf(task, 'queued');
	}

	private ended(id: string): VideoTask {
		const isFailed = this.charges.some(({ task, fails }) => fails && task === id);
		return this.taskOf(id, isFailed ? 'failed' : 'completed');
	}

	private act(id: string, { end, fails = false }: CreateFate): string | undefined {
		if (end === 'refused' || end === 'poor' || end === 'lostBefore') return undefined;
		const known = this.askable === 'byId' && this.charges.find((one) => one.id === id);
		if (known) return known.task;
		const task = `T${this.charges.length + 1}`;
		this.charges.push({ id, task, at: this.now(), fails });
		return task;
	}

	private recovery({ body }: CreateRequest, { from, to }: TimeSpan): Recovery {
		const { id } = body as { id: string };
		if (this.askable === 'byId') {
			const known = this.charges.find((one) => one.id === id);
			return known ? { found: this.taskOf(known.task, 'queued') } : { notCreated: true };
		}
		const slack = 30_000;
		const during = this.charges.filter(({ at }) => at >= from - slack && at <= to + slack);
		if (during.length === 0) return { notCreated: true };
		return {
			candidates: during.map(({ task, at }) => ({
				...this.taskOf(task, 'queued'),
				createdAt: new Date(at).toISOString(),
			})),
		};
	}

	private taskOf(id: string, status: 'queued' | 'completed' | 'failed'): VideoTask {
		const videos = status === 'completed' ? [{ url: `https://vendor.example.com/${id}.mp4` }] : [];
		const failure = { message: 'The model broke down', retryable: true, advice: 'Try again.' };
		return {
			reference: { provider: this.name, kind: 'video', id },
			status,
			videos,
			...(status === 'failed' && { failure }),
		};
	}
}

const refusal = new VendorError({
	category: 'rateLimit',
	outcome: 'refused',
	message: 'Too many requests',
	advice: 'Wait.',
	fromVendor: true,
});

export const poor = refusal.with({
	category: 'balance',
	message: 'The balance is too low',
	advice: 'Pay.',
});

const lost = refusal.with({
	category: 'server',
	outcome: 'unknown',
	message: 'Fake Vendor gave no answer',
	advice: 'Try again later.',
	fromVendor: false,
});
