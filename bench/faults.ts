import type { Fault } from '../sandbox/faults';
import { names, openSandbox, type Contender, type Lab, type Run } from './lab';
import { table } from '../harness/markdown';
import { type Section } from './report';

const taskSeconds = 3;
const atOnce = 8;

type SingleFault = Pick<Fault, 'step' | 'kind' | 'retryAfter'>;

const faults: Array<SingleFault & { what: string }> = [
	{ what: 'status: HTTP 500', step: 'status', kind: 'serverError' },
	{ what: 'status: HTTP 429 with Retry-After', step: 'status', kind: 'rateLimited', retryAfter: 5 },
	{ what: 'status: HTTP 502 with a page of HTML', step: 'status', kind: 'badGatewayHtml' },
	{ what: 'status: connection reset', step: 'status', kind: 'resetBeforeRead' },
	{ what: 'status: HTTP 200 with a page of HTML', step: 'status', kind: 'htmlOk' },
	{ what: 'status: MiniMax code 1002 in HTTP 200', step: 'status', kind: 'rateLimitedInBody' },
	{ what: 'status: answer cut in half', step: 'status', kind: 'truncatedJson' },
	{ what: 'file link: HTTP 500', step: 'retrieve', kind: 'serverError' },
	{ what: 'download: HTTP 403, link expired', step: 'download', kind: 'expiredLink' },
	{ what: 'download: HTTP 500', step: 'download', kind: 'serverError' },
	{ what: 'download: connection reset halfway', step: 'download', kind: 'truncatedFile' },
	{ what: 'create: MiniMax code 1002 in HTTP 200', step: 'create', kind: 'rateLimitedInBody' },
	{ what: 'create: HTTP 429 with Retry-After', step: 'create', kind: 'rateLimited', retryAfter: 5 },
];

interface Outcome {
	survived: boolean;
	words: string;
	charges: number;
}

/** One fault, once, in an otherwise healthy run of one item; each case has a sandbox of its own. */
export async function faultTable(lab: Lab): Promise<Section> {
	const cases = faults.flatMap(({ what, ...fault }) =>
		(['ours', 'builtIn'] as const).map((contender) => ({ what, fault, contender })),
	);
	const outcomes = new Map<string, Outcome>();
	const name = (what: string, contender: Contender) => `${contender} ${what}`;
	for (let start = 0; start < cases.length; start += atOnce) {
		await Promise.all(
			cases.slice(start, start + atOnce).map(async ({ what, fault, contender }) => {
				const outcome = await meet(
					lab,
					contender,
					fault,
					`${contender}-fault-${what.replace(/\W+/g, '-')}`,
				);
				console.log(`  ${names[contender]}, ${what}: ${outcome.words}`);
				outcomes.set(name(what, contender), outcome);
			}),
		);
	}
	const of = (contender: Contender) =>
		faults.map(({ what }) => outcomes.get(name(what, contender)) as Outcome);
	return report(of('ours'), of('builtIn'));
}

async function meet(
	lab: Lab,
	contender: Contender,
	fault: SingleFault,
	key: string,
): Promise<Outcome> {
	const sandbox = await openSandbox();
	try {
		sandbox.inject({ vendor: 'minimax', times: 1, ...fault });
		const run = await lab.run(contender, [taskSeconds], key, { sandbox });
		if (sandbox.faults().length > 0) throw new Error(`The run ${key} never met its fault.`);
		const charges = sandbox.charges().filter(({ kind }) => kind === 'charge');
		const ids = charges.map(({ taskId }) => taskId);
		const survived = run.succeeded && run.files.some(({ bytes }) => bytes > 0);
		return { survived, charges: charges.length, words: words(run, survived, ids) };
	} finally {
		await sandbox.close();
	}
}

function words(run: Run, survived: boolean, ids: string[]): string {
	const paid = ids.length > 1 ? `, paid ${ids.length} times` : '';
	if (survived) return `survived${paid}`;
	if (ids.length === 0) return 'refused, nothing paid';
	const named = ids.some((id) => run.error.includes(id));
	return `**lost**, paid${paid}, task ID ${named ? 'in' : 'not in'} the saved execution`;
}

function report(ours: Outcome[], builtIn: Outcome[]): Section {
	const count = (outcomes: Outcome[]) => outcomes.filter(({ survived }) => survived).length;
	return {
		title: 'Single faults',
		command: 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: [
			{
				text: 'every video survives one fault, and is paid once',
				measured: `${count(ours)} of ${ours.length} (built-in ${count(builtIn)} of ${builtIn.length})`,
				met: ours.every(({ survived, charges }) => survived && charges === 1),
			},
		],
		body: [
			table(
				['the one request that fails', names.ours, names.builtIn],
				faults.map(({ what }, index) => [
					what,
					ours[index]?.words ?? '',
					builtIn[index]?.words ?? '',
				]),
			),
			`One item, a task of ${taskSeconds} s, no Retry On Fail, one fault in one request and everything else healthy. Survived: the item has its file. Charges are read from the sandbox's ledger.`,
		].join('\n\n'),
	};
}
