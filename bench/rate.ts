import { startSandbox, type Sandbox } from '../sandbox/server';
import type { N8nHome } from '../harness/n8n/home';
import { Lab, names, type Contender } from './lab';
import { table } from '../harness/markdown';
import { type Section } from './report';

const executions = 60;
const limit = { requests: 20, windowSeconds: 60 };
const limitSeconds = (executions / limit.requests - 1) * limit.windowSeconds;
const goals = { times: 1.2, createsPerVideo: 1.3 };

interface Burst {
	contender: Contender;
	processes: number;
	made: number;
	creates: number;
	failed: number;
	/** From the first call to the last video that was accepted. */
	seconds: number;
}

/**
 * Very many executions at one moment under a limit in which refused creates count too; in the first
 * home alone, and in both.
 */
export async function rate(homes: readonly N8nHome[]): Promise<Section> {
	const sandbox = await startSandbox({
		config: {
			secondsPerTask: 0,
			rateLimits: { countRefused: true, minimaxV1: limit },
		},
	});
	const labs: Lab[] = [];
	try {
		for (const home of homes) labs.push(await Lab.open(home));
		const bursts: Burst[] = [];
		for (const [contender, processes] of [
			['ours', 1],
			['ours', 2],
			['builtIn', 1],
		] as const) {
			const burst = await measure(labs.slice(0, processes), contender, sandbox);
			const { made, creates, seconds } = burst;
			console.log(
				`  ${names[contender]}, processes: ${processes}: ${made} made, ${creates} creates, ${seconds.toFixed(1)} s`,
			);
			bursts.push(burst);
		}
		return report(bursts);
	} finally {
		for (const lab of labs) await lab.close();
		await sandbox.close();
	}
}

/** All processes have the same key, and the same part of the executions. */
async function measure(labs: Lab[], contender: Contender, sandbox: Sandbox): Promise<Burst> {
	const key = `rate-${contender}-${labs.length}`;
	const each = executions / labs.length;
	// The built-in node cannot submit without waiting; its tasks are ready at once.
	const parameters = contender === 'ours' ? { waitForCompletion: false } : {};
	const webhooks = await Promise.all(
		labs.map(async (lab) => await lab.webhook(contender, key, { sandbox, parameters })),
	);
	const start = Date.now();
	await Promise.all(webhooks.map(async (webhook) => await webhook.call(each)));
	const statuses = await Promise.all(webhooks.map(async (webhook) => await webhook.ended(each)));
	const charges = sandbox.charges(key).filter(({ kind }) => kind === 'charge');
	return {
		contender,
		processes: labs.length,
		made: charges.length,
		creates: sandbox.requests({ vendor: 'minimax', step: 'create', key }).length,
		failed: statuses.flat().filter((status) => status !== 'success').length,
		seconds: (Math.max(...charges.map(({ time }) => time)) - start) / 1000,
	};
}

function report(bursts: Burst[]): Section {
	const perVideo = ({ creates, made }: Burst) => creates / made;
	const own = bursts.filter(({ contender }) => contender === 'ours');
	const builtIn = bursts.find(({ contender }) => contender === 'builtIn') as Burst;
	return {
		title: 'Sixty executions at one moment',
		command: 'npm run bench',
		beside: 'n8n 2.41.1',
		goals: own.map((burst) => ({
			text: `${executions} executions at one moment ${burst.processes === 1 ? 'in one n8n' : 'in two n8n with one key'}: all made, within ${goals.times} times the limit's own time, at most ${goals.createsPerVideo} creates a video`,
			measured: `${burst.made} of ${executions} made in ${burst.seconds.toFixed(1)} s, ${(burst.seconds / limitSeconds).toFixed(2)} times, ${perVideo(burst).toFixed(2)} creates a video (built-in ${builtIn.made} of ${executions} made)`,
			met:
				burst.made === executions &&
				burst.failed === 0 &&
				burst.seconds <= goals.times * limitSeconds &&
				perVideo(burst) <= goals.createsPerVideo,
		})),
		body: [
			table(
				[
					'node',
					'n8n processes',
					'videos made',
					'executions failed',
					'creates sent',
					'creates a video',
					'last one made after',
				],
				bursts.map((burst) => [
					names[burst.contender],
					String(burst.processes),
					`${burst.made} of ${executions}`,
					String(burst.failed),
					String(burst.creates),
					perVideo(burst).toFixed(2),
					`${burst.seconds.toFixed(1)} s`,
				]),
			),
			`A published workflow, Webhook and one video node, called ${executions} times at once. The sandbox allows MiniMax's documented ${limit.requests} creates in ${limit.windowSeconds} s for a key, counted over a sliding window in which refused ones take a place too (\`countRefused\`): the last of ${executions} cannot be accepted before ${limitSeconds} s. The two processes share a key and know nothing of each other. Ours submits without waiting for the video; the built-in node cannot, its tasks are ready at once, and it gives up at the first refusal. Videos are counted in the sandbox's ledger; the time begins before the first call and ends with the last charge.`,
		].join('\n\n'),
	};
}
