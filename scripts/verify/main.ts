import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { version } from '../../package.json';
import { findProvider } from '../../providers';
import type { Provider } from '../../video/provider';
import { keyVariables, realAccounts } from '../../harness/accounts';
import { Problem } from '../../harness/setup.cjs';
import { checksOf } from './vendors';
import { type Estimate, estimateOf, reportOf, verify } from './verify';

interface Wishes {
	readonly yes: boolean;
	/** In the unit of the vendor: dollars or credits. */
	readonly maxCost: number;
	readonly report: string;
}

/**
 * `npm run verify [-- --yes --max-cost 1 --report verify-report.md]`: asks the vendors whose keys are in the
 * environment whether what the package takes for granted is so, and writes a report to paste into an issue.
 */
export async function main(args: string[]): Promise<void> {
	const wishes = readOptions(args);
	const accounts = realAccounts(process.env);
	if (accounts.length === 0) {
		throw new Problem(`No key is there: set ${keyVariables.join(' or ')}, and run this again.`);
	}
	const parts: string[] = [];
	for (const account of accounts) {
		const provider = findProvider(account.provider) as Provider;
		const wanted = checksOf(provider);
		const mayOrder = await mayCost(provider, estimateOf(provider, wanted), wishes);
		console.log(`${provider.name}: ${wanted.length} readings. A video takes some minutes.`);
		const results = await verify(provider, account, wanted, mayOrder);
		const part = reportOf(provider.name, version, results);
		console.log(`\n${part}`);
		parts.push(part);
	}
	await writeFile(wishes.report, parts.join('\n'));
	console.log(`Saved in ${wishes.report}: paste it into an issue, whatever it says.`);
}

function readOptions(args: string[]): Wishes {
	const { values } = parseArgs({
		args,
		options: {
			yes: { type: 'boolean', default: false },
			'max-cost': { type: 'string', default: 'Infinity' },
			report: { type: 'string', default: 'verify-report.md' },
		},
	});
	const maxCost = Number(values['max-cost']);
	if (!(maxCost >= 0) || values['max-cost'].trim() === '') {
		throw new Problem(`--max-cost ${values['max-cost']} is no amount: use 0 or more.`);
	}
	return { yes: values.yes, maxCost, report: values.report };
}

/** Whether videos may be ordered; what is free is checked in any case. */
async function mayCost(
	{ name }: Provider,
	{ amount, unit, text }: Estimate,
	{ yes, maxCost }: Wishes,
): Promise<boolean> {
	if (amount === 0) return true;
	console.log(`${name} will charge by its price list: ${text}.`);
	if (amount > maxCost) {
		console.log(`That is more than --max-cost ${maxCost} (${unit}): only what is free is checked.`);
		return false;
	}
	if (yes) return true;
	if (!process.stdin.isTTY) {
		console.log('Nobody can be asked: only what is free is checked. Add --yes for the rest.');
		return false;
	}
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await terminal.question('Order that? [y/N] ');
	terminal.close();
	return /^y(es)?$/i.test(answer.trim());
}
