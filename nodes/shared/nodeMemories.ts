import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * What nodes of one kind remember in this process. After a restart, or on another main, all of it is
 * found out again.
 */
export class NodeMemories<Memory> {
	private readonly memories = new Map<string, Memory>();

	constructor(private readonly begin: () => Memory) {}

	of(context: Pick<IWebhookFunctions, 'getWorkflow' | 'getNode'>): Memory {
		const key = `${context.getWorkflow().id} ${context.getNode().id}`;
		const memory = this.memories.get(key) ?? this.begin();
		this.memories.set(key, memory);
		return memory;
	}

	/** As a restart of n8n does. For tests. */
	forget() {
		this.memories.clear();
	}
}
