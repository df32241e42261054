import '../harness/engine/setup';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { providers } from '../providers';
import type { Sandbox } from '../sandbox/server';
import { forgetEverything } from '../nodes/HailuoTrigger/triggerMemory';
import { runNode } from '../harness/engine/runNode';
import { TriggerWorkflow } from '../harness/engine/triggerWorkflow';
import { FakeTaskTable } from '../harness/fakeTaskTable';
import { simulateTime } from '../harness/engine/simulatedTime';
import { sandboxKeys } from '../harness/engine/additionalData';

/**
 * Hailuo Trigger in n8n's own poll context against the sandbox, in simulated time: 1,000 tasks of all
 * vendors, with restarts and edits at random. `npm run soak`
 */
export interface SoakOptions {
	readonly tasks: number;
	/** Minutes, in the trigger's time, over which the tasks are submitted. */
	readonly minutes: number;
	/** Part of the polls that are followed by a restart, and by an edit. */
	readonly restarts: number;
	readonly edits: number;
}

export interface SoakResult {
	readonly fired: number;
	readonly missed: number;
	readonly doubled: number;
	/** Seconds from the moment a task was ready until its execution started. */
	readonly lag: { readonly mean: number; readonly p95: number };
	readonly polls: number;
	readonly restarts: number;
	readonly edits: number;
	readonly requests: { readonly vendors: number; readonly table: number };
	readonly stateBytes: number;
}

const minuteMs = 60_000;

const keysOf = (sandbox: Sandbox, baseUrl: string) => ({
	...sandboxKeys(sandbox),
	hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl },
});

const between = (least: number, most: number) => least + Math.random() * (most - least);

export async function soak(options: SoakOptions): Promise<SoakResult> {
	const time = simulateTime();
	const sandbox = await time.startSandbox({
		rateLimits: false,
		toapisBalance: 1e6,
		apiframeCredits: 1e6,
		runwareBalance: 1e6,
	});
	const table = await FakeTaskTable.start();
	table.create();
	const credentials = keysOf(sandbox, table.baseUrl);
	forgetEverything();
	const trigger = new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false },
		credentials,
	});
	await trigger.activate();
	const firedAt: number[] = [];
	const counts = { polls: 0, restarts: 0, edits: 0 };
	const perMinute = Math.ceil(options.tasks / options.minutes);
	const submitted: string[] = [];
	const running = new Set<Promise<void>>();
	trigger.onExecution = (items) => firedAt.push(...items.map(() => time.now()));

	const tick = async () => {
		counts.polls++;
		await trigger.poll().catch((cause: Error) => console.log(`  failed poll: ${cause.message}`));
	};
	const submitSome = async (count: number) => {
		const items = Array.from({ length: count }, () => {
			const provider = providers[Math.floor(Math.random() * providers.length)].id;
			const failing = provider === 'minimax' && Math.random() < 0.1 ? ' fail=1027' : '';
			const seconds = Math.round(between(10, 240));
			return { json: { provider, prompt: `{{sandbox seconds=${seconds}${failing}}} A boat` } };
		});
		for (const { id: provider } of providers) {
			const own = items.filter(({ json }) => json.provider === provider);
			if (own.length === 0) continue;
			const made = await runNode({
				parameters: { provider, prompt: '={{ $json.prompt }}', waitForCompletion: false },
				items: own,
				credentials,
			});
			if (made.error) throw new Error(made.error.message);
			for (const { json } of made.items) {
				submitted.push(String(json.taskRef));
				const createdAt = new Date(time.now()).toISOString();
				const { taskRef, model, status } = json as Record<string, string>;
				table.insert({ taskRef, provider, model, status, createdAt });
			}
		}
	};

	const lastMinute = options.minutes + 15;
	for (let minute = 0; minute < lastMinute; minute++) {
		if (minute > options.minutes && trigger.items.length >= submitted.length) break;
		const started = time.elapsed();
		const poll = tick();
		running.add(poll);
		void poll.finally(() => running.delete(poll));
		if (submitted.length < options.tasks) {
			await submitSome(Math.min(perMinute, options.tasks - submitted.length));
		}
		// Somewhere within the minute, often in the middle of a poll.
		await time.sleep(between(0, 0.9) * minuteMs);
		if (Math.random() < options.restarts) {
			counts.restarts++;
			await trigger.restart();
		} else if (Math.random() < options.edits) {
			counts.edits++;
			await trigger.edit({ options: { simplify: Math.random() < 0.5 } });
		}
		await time.sleep(minuteMs - (time.elapsed() - started));
	}
	await Promise.all(running);
	await tick();

	const readyAt = new Map(sandbox.tasks().map((task) => [task.id, task.endsAt]));
	const lags = trigger.references
		.map((reference, index) => firedAt[index] - (readyAt.get(idOf(reference)) ?? NaN))
		.map((milliseconds) => milliseconds / 1000)
		.sort((one, other) => one - other);
	const different = new Set(trigger.references);
	const requests = sandbox.requests().filter(({ step }) => step && step !== 'create').length;
	await sandbox.close();
	await table.close();
	return {
		fired: trigger.items.length,
		missed: submitted.filter((reference) => !different.has(reference)).length,
		doubled: trigger.references.length - different.size,
		lag: {
			mean: lags.reduce((sum, lag) => sum + lag, 0) / lags.length,
			p95: lags[Math.floor(lags.length * 0.95)],
		},
		...counts,
		requests: { vendors: requests, table: table.requests.length },
		stateBytes: trigger.saved.length,
	};
}

export interface PendingPollResult {
	readonly rows: number;
	/** Rows that the vendor was asked for in the one poll. */
	readonly asked: number;
	readonly fired: number;
	readonly seconds: number;
	readonly requests: { readonly vendor: number; readonly table: number };
}

/**
 * For the bench: one poll over a table of pending rows, of which every hundredth has just finished,
 * at a vendor that answers each question alone and in `answerMs`. In real time.
 */
export async function pollOverPending(rows = 10_000, answerMs = 50): Promise<PendingPollResult> {
	const asked = new Set<string>();
	let requests = 0;
	const vendor = createServer((request, response) => {
		requests++;
		const id = new URL(request.url ?? '/', 'http://localhost').searchParams.get('task_id') ?? '';
		if (/^\d+$/.test(id)) asked.add(id);
		const failed = /00$/.test(id);
		const answer = failed
			? { task_id: id, status: 'Fail', base_resp: { status_code: 1027, status_msg: 'refused' } }
			: { task_id: id, status: 'Processing', base_resp: { status_code: 0, status_msg: '' } };
		setTimeout(() => response.end(JSON.stringify(answer)), answerMs);
	});
	await new Promise<void>((listening) => vendor.listen(0, '127.0.0.1', listening));
	const { port } = vendor.address() as AddressInfo;
	forgetEverything();
	const table = await FakeTaskTable.start();
	table.create();
	const trigger = new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false },
		credentials: {
			hailuoMiniMaxApi: { apiKey: 'key', region: 'custom', baseUrl: `http://127.0.0.1:${port}` },
			hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
		},
	});
	await trigger.activate();
	const createdAt = new Date(Date.now() - 10 * minuteMs).toISOString();
	for (let index = 1; index <= rows; index++) {
		const taskRef = `minimax:v1:${100_000 + index}`;
		table.insert({ taskRef, provider: 'minimax', status: 'processing', createdAt });
	}
	[requests, table.requests.length] = [0, 0];
	const started = Date.now();
	await trigger.poll();
	const seconds = (Date.now() - started) / 1000;
	await new Promise((closed) => vendor.close(closed));
	await table.close();
	return {
		rows,
		asked: asked.size,
		fired: trigger.items.length,
		seconds,
		requests: { vendor: requests, table: table.requests.length },
	};
}

const idOf = (reference: string) => reference.split(':').slice(2).join(':');

async function main() {
	const options = { tasks: 1000, minutes: 50, restarts: 0.15, edits: 0.15 };
	console.log(
		`Soak: ${options.tasks} tasks within ${options.minutes} minutes of simulated time ...`,
	);
	const result = await soak(options);
	console.log(
		[
			`fired          ${result.fired}`,
			`missed         ${result.missed}`,
			`doubled        ${result.doubled}`,
			`lag            mean ${result.lag.mean.toFixed(1)} s, 95th percentile ${result.lag.p95.toFixed(1)} s`,
			`polls          ${result.polls}, with ${result.restarts} restarts and ${result.edits} edits`,
			`requests       ${result.requests.vendors} to vendors, ${result.requests.table} to the table`,
			`kept state     ${result.stateBytes} bytes`,
		].join('\n'),
	);
	// Tasks that are left behind in the sandbox keep nothing alive, timers of n8n do.
	process.exit(result.missed + result.doubled > 0 ? 1 : 0);
}

if (require.main === module) void main();
