import '../harness/engine/setup';
import { providers } from '../providers';
import { forgetEverything } from '../nodes/HailuoTrigger/triggerMemory';
import { unlimited } from '../harness/accounts';
import { runNode } from '../harness/engine/runNode';
import { TriggerWorkflow } from '../harness/engine/triggerWorkflow';
import { FakeTaskTable } from '../harness/fakeTaskTable';
import { simulateTime } from '../harness/engine/simulatedTime';
import { sandboxKeys } from '../harness/engine/additionalData';

const plan = {
	tasks: 1000,
	/** In the trigger's time, over which the tasks are submitted. */
	minutes: 50,
	/** Part of the polls that are followed by a restart, and by an edit. */
	restarts: 0.15,
	edits: 0.15,
};

const minuteMs = 60_000;

const between = (least: number, most: number) => least + Math.random() * (most - least);

/**
 * Hailuo Trigger in n8n's own poll context against the sandbox, in simulated time: tasks of all vendors, with
 * restarts and edits at random. `npm run soak`
 */
async function soak() {
	const time = simulateTime();
	const sandbox = await time.startSandbox(unlimited);
	const table = await FakeTaskTable.start();
	table.create();
	const credentials = {
		...sandboxKeys(sandbox),
		hailuoTaskTableApi: { apiKey: 'n8n-key', baseUrl: table.baseUrl },
	};
	forgetEverything();
	const trigger = await new TriggerWorkflow({
		parameters: { source: 'taskTable', downloadVideo: false },
		credentials,
	}).activate();
	const firedAt: number[] = [];
	const counts = { polls: 0, restarts: 0, edits: 0 };
	const perMinute = Math.ceil(plan.tasks / plan.minutes);
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

	const lastMinute = plan.minutes + 15;
	for (let minute = 0; minute < lastMinute; minute++) {
		if (minute > plan.minutes && trigger.items.length >= submitted.length) break;
		const started = time.elapsed();
		const poll = tick();
		running.add(poll);
		void poll.finally(() => running.delete(poll));
		if (submitted.length < plan.tasks) {
			await submitSome(Math.min(perMinute, plan.tasks - submitted.length));
		}
		// Somewhere within the minute, often in the middle of a poll.
		await time.sleep(between(0, 0.9) * minuteMs);
		if (Math.random() < plan.restarts) {
			counts.restarts++;
			await trigger.restart();
		} else if (Math.random() < plan.edits) {
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
		/** Seconds from the moment a task was ready until its execution started. */
		lag: {
			mean: lags.reduce((sum, lag) => sum + lag, 0) / lags.length,
			p95: lags[Math.floor(lags.length * 0.95)],
		},
		...counts,
		requests: { vendors: requests, table: table.requests.length },
		stateBytes: trigger.saved.length,
	};
}

const idOf = (reference: string) => reference.split(':').slice(2).join(':');

async function main() {
	console.log(`Soak: ${plan.tasks} tasks within ${plan.minutes} minutes of simulated time ...`);
	const result = await soak();
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

void main();
