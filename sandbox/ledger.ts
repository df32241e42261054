export type Unit = 'USD' | 'credits';

export interface Charge {
	key: string;
	vendor: string;
	taskId: string;
	kind: 'charge' | 'refund';
	/** Negative for a refund, so that the amounts of a key add up to what it has paid. */
	amount: number;
	unit: Unit;
	/** Milliseconds of the sandbox's clock. */
	time: number;
}

export class Ledger {
	private entries: Charge[] = [];

	add(entry: Charge): void {
		this.entries.push(entry);
	}

	charges(key?: string): Charge[] {
		return this.entries.filter((entry) => key === undefined || entry.key === key);
	}

	spent(vendor: string, key: string): number {
		const spent = this.entries
			.filter((entry) => entry.vendor === vendor && entry.key === key)
			.reduce((sum, entry) => sum + entry.amount, 0);
		return Math.round(spent * 1e6) / 1e6;
	}

	reset(): void {
		this.entries = [];
	}
}
