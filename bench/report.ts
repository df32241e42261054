import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { version } from '../package.json';
import { projectRoot } from '../harness/pack';

/** What was wanted and what came out. */
export interface Goal {
	text: string;
	measured: string;
	met: boolean;
}

/** One part of docs/benchmarks.md. */
export interface Section {
	/** The heading; running a bench again replaces the part with the same heading. */
	title: string;
	command: string;
	/** Versions of what ran beside the package. */
	beside: string;
	goals: Goal[];
	/** Markdown: tables, and what was scaled or sampled. */
	body: string;
}

const page = join(projectRoot, 'docs', 'benchmarks.md');
const beginning = `# Benchmarks

<!-- Written by the scripts in bench/. Do not edit: the next run replaces it. -->

The nodes of this package beside n8n's built-in MiniMax node, on the same real n8n, against the same
[sandbox](../sandbox/README.md). Every part says when and with what it was measured, and which goal was missed.
A part can be a run of its own, e.g. \`npm run bench -- --only=memory\`.
`;

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1
		? (sorted[middle] ?? NaN)
		: ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export const mean = (values: number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

/** Date, versions and machine: without them a number says nothing. */
function circumstances(beside: string): string {
	const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
	const memory = Math.round(totalmem() / 1024 ** 3);
	return [
		`${date} UTC`,
		`n8n-nodes-hailuo ${version}`,
		beside,
		`Node.js ${process.versions.node}`,
		`${platform()} ${arch()}, ${cpus().length} shared cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GB`,
	].join(', ');
}

export function print({ title, command, goals, body }: Section): void {
	console.log(`\n## ${title}\n\n$ ${command}\n\n${body}\n`);
	for (const { text, measured, met } of goals) {
		console.log(`${met ? 'Goal met' : 'GOAL NOT MET'}: ${text}: ${measured}`);
	}
}

/** Puts the part into docs/benchmarks.md in place of its earlier version. */
export async function save(section: Section): Promise<void> {
	const before = await readFile(page, 'utf8').catch(() => beginning);
	const [, ...parts] = before.split(/^(?=## )/m);
	const isThis = (part: string) => part.startsWith(`## ${section.title}\n`);
	const text = markdown(section);
	const all = parts.some(isThis)
		? parts.map((part) => (isThis(part) ? text : part))
		: [...parts, text];
	const whole = [beginning, ...all].map((part) => part.trim()).join('\n\n');
	await writeFile(page, await format(whole, { parser: 'markdown', printWidth: 100 }));
}

function markdown({ title, command, beside, goals, body }: Section): string {
	const verdicts = goals.map(
		({ text, measured, met }) =>
			`- ${met ? 'Met' : '**Not met**'}: ${text}. Measured: ${measured}.`,
	);
	return [`## ${title}`, `\`${command}\`: ${circumstances(beside)}.`, verdicts.join('\n'), body]
		.filter((part) => part !== '')
		.join('\n\n');
}
