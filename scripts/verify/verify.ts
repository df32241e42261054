import type { Provider } from '../../video/provider';
import { costText } from '../../video/cost';
import { VerifiedAccount, cheapestOrder } from './account';
import type { Check } from './check';
import type { Account } from '../../harness/accounts';
import { table } from '../../harness/markdown';

export type Outcome = 'confirmed' | 'differs' | 'not checked';

export interface Result {
	readonly reading: string;
	readonly outcome: Outcome;
	readonly expected: string;
	/** What was seen; why nothing was, where it was not checked. */
	readonly seen: string;
}

export interface Estimate {
	readonly amount: number;
	readonly unit: 'USD' | 'credits';
	/** `$0.56 for 2 videos of MiniMax-Hailuo-2.3`, or that it is free. */
	readonly text: string;
}

/** The most that the checks can cost: those of one vendor share their videos. */
export function estimateOf(provider: Provider, checks: readonly Check[]): Estimate {
	const counts = new Map<string, number>();
	for (const { orders = [] } of checks) {
		for (const model of orders) {
			const needed = orders.filter((one) => one === model).length;
			counts.set(model, Math.max(needed, counts.get(model) ?? 0));
		}
	}
	const parts = [...counts].map(([model, count]) => {
		const { estimate } = cheapestOrder(provider, model);
		const cost = { amount: estimate.amount * count, unit: estimate.unit };
		return { ...cost, text: `${costText(cost)} for at most ${count} x ${model}` };
	});
	const [{ unit } = { unit: 'USD' as const }] = parts;
	const amount = parts.reduce((sum, part) => sum + part.amount, 0);
	return { amount, unit, text: parts.map(({ text }) => text).join(', ') || 'nothing' };
}

/** Every reading with what became of it; no failure ends the others, and no text holds the key. */
export async function verify(
	provider: Provider,
	credential: Account,
	checks: readonly Check[],
	mayOrder: boolean,
): Promise<Result[]> {
	const account = await VerifiedAccount.open(provider, credential, mayOrder);
	const results: Result[] = [];
	for (const check of checks) {
		const { outcome, seen } = await outcomeOf(account, check);
		const { reading, expected } = check;
		results.push({ reading, outcome, expected, seen: account.withoutKey(seen) });
	}
	return results;
}

async function outcomeOf(
	account: VerifiedAccount,
	{ look, unchecked = '' }: Check,
): Promise<Pick<Result, 'outcome' | 'seen'>> {
	if (!look) return { outcome: 'not checked', seen: unchecked };
	try {
		const { confirmed, seen } = await look(account);
		return { outcome: confirmed ? 'confirmed' : 'differs', seen };
	} catch (cause) {
		return { outcome: 'not checked', seen: cause instanceof Error ? cause.message : String(cause) };
	}
}

/** Markdown, to paste into an issue. */
export function reportOf(name: string, version: string, results: readonly Result[]): string {
	return [
		`### ${name}, n8n-nodes-hailuo ${version}, ${new Date().toISOString().slice(0, 10)}`,
		'',
		table(
			['Reading', 'Outcome', 'Expected', 'Seen'],
			results.map(({ reading, outcome, expected, seen }) => [reading, outcome, expected, seen]),
		),
		'',
	].join('\n');
}
