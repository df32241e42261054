import { startSandbox } from '../../sandbox/server';
import { taskTableAccount } from '../../harness/accounts';
import { saveCredentials, saveSandboxCredentials } from '../../harness/n8n/examples';
import type { Execution, N8nHome } from '../../harness/n8n/home';
import { startN8n, type N8nInstance } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';
import { startApiGate, type ApiGate } from './apiGate';
import { type Kind, type Lane, type Moment, moments } from './crashMoments';
import { TableApi, type Row } from './tableApi';
import { itemsOf, oneNode, until } from '../../harness/n8n/workflows';

const hour = 3_600_000;

interface Case extends Lane {
	readonly moment: Moment;
	readonly workflowId: string;
	readonly isThere: () => boolean;
	/** What the table and the vendor said right after n8n had died. */
	before?: { readonly rows: readonly Row[]; readonly charges: number };
	execution?: Execution;
	rows?: readonly Row[];
}

/** Nobody can know what became of its create. */
const isUnclear = ({ moment, kind }: Pick<Case, 'moment' | 'kind'>) =>
	moment.status === 'sending' && !kind.canBeAsked;

/** An n8n that is killed, with a workflow for each moment and vendor. */
class Lab {
	readonly cases: Case[] = [];

	private constructor(
		private readonly home: N8nHome,
		private n8n: N8nInstance,
		private session: N8nSession,
		private readonly gate: ApiGate,
		private readonly apiKey: string,
	) {}

	static async open(home: N8nHome): Promise<Lab> {
		const n8n = await startN8n({ home });
		const session = await N8nSession.open(n8n.url);
		const { data } = await taskTableAccount(session);
		return new Lab(home, n8n, session, await startApiGate(n8n.url), String(data.apiKey));
	}

	async add(moment: Moment, kind: Kind, number: number) {
		const lane = await this.lane(`order-${number}`, kind, moment.seconds);
		const workflowId = await this.workflow(lane);
		this.cases.push({ ...lane, moment, workflowId, isThere: moment.hold(lane) });
	}

	async lane(key: string, kind: Kind, seconds = hour / 1000): Promise<Lane> {
		const sandbox = await startSandbox({ config: { secondsPerTask: seconds } });
		return { key, kind, sandbox, gate: this.gate };
	}

	async workflow({ key, kind, sandbox }: Lane): Promise<string> {
		const { session, gate, apiKey } = this;
		const data = { apiKey, baseUrl: gate.baseUrl(key) };
		const credentials = {
			...(await saveSandboxCredentials(session, sandbox)),
			...(await saveCredentials(session, { name: key, type: 'hailuoTaskTableApi', data })),
		};
		const parameters = {
			provider: kind.provider,
			model: kind.model,
			prompt: 'A paper boat',
			recordTask: true,
			taskTable: { orderKey: key },
			wait: { pollIntervalSeconds: 1 },
		};
		return await session.createWorkflow(oneNode('hailuoGenerateVideo', parameters, credentials));
	}

	/** Brings all orders to their moments, kills n8n, and starts it anew. */
	async crash() {
		const isShort = ({ moment }: Case) => moment.isShort === true;
		for (const some of [this.cases.filter((one) => !isShort(one)), this.cases.filter(isShort)]) {
			await Promise.all(
				some.map(async ({ workflowId }) => await this.session.startWorkflow(workflowId)),
			);
			await until('the moments', async () => some.every((one) => one.isThere()), 4);
		}
		const { port } = this.n8n;
		await this.n8n.kill('SIGKILL');
		this.gate.open();
		for (const { sandbox } of this.cases) {
			sandbox.clearFaults();
			sandbox.clearRequests();
		}
		this.n8n = await startN8n({ home: this.home, port });
		this.session = await until(
			'a session',
			async () => await N8nSession.open(this.n8n.url).catch(() => undefined),
		);
	}

	/** Runs all workflows again; the tasks end when they have been asked for. */
	async runAgain() {
		const table = await this.table();
		for (const one of this.cases) {
			one.before = { rows: await table.live(one.key), charges: one.sandbox.charges().length };
			const { moment } = one;
			if (isUnclear(one) || (moment.status === 'sending' && moment.charges === 0)) {
				await table.letTimePass(one.key);
			}
		}
		await Promise.all(
			this.cases.map(async (one) => {
				const id = await this.session.startWorkflow(one.workflowId);
				const ended = this.session.waitForExecution(id, 480_000);
				let isOver = false;
				void ended.finally(() => (isOver = true)).catch(() => undefined);
				await until(
					`a look at the task of ${one.key}`,
					async () => isOver || one.sandbox.requests({ step: 'status' }).length > 1,
					6,
				);
				one.sandbox.advance(hour);
				one.execution = await ended;
				one.rows = await table.live(one.key);
			}),
		);
	}

	async runTwice(workflowId: string): Promise<Execution[]> {
		const ids = await Promise.all(
			[1, 2].map(async () => await this.session.startWorkflow(workflowId)),
		);
		return await Promise.all(ids.map(async (id) => await this.session.waitForExecution(id)));
	}

	async table(): Promise<TableApi> {
		return await TableApi.open(this.n8n.url, this.apiKey);
	}

	async close() {
		await this.n8n.stop();
		await this.home.remove();
		await this.gate.close();
		await Promise.all(this.cases.map(async ({ sandbox }) => await sandbox.close()));
	}
}

/** The tests of order keys across kill -9, on an n8n with the home that is given. */
export function testOrderCrashes(kinds: readonly Kind[], openHome: () => Promise<N8nHome>): void {
	let lab: Lab | undefined;
	const found = (): Lab => {
		if (!lab) throw new Error('n8n has not started.');
		return lab;
	};
	const all = moments.flatMap((moment) => kinds.map((kind) => ({ moment, kind })));
	const titles = all.map(({ moment, kind }, index) => [kind.name, moment.name, index] as const);

	beforeAll(async () => {
		lab = await Lab.open(await openHome());
		for (const [index, { moment, kind }] of all.entries()) await lab.add(moment, kind, index);
		await lab.crash();
		await lab.runAgain();
	});

	afterAll(async () => await lab?.close());

	test.each(titles)('%s, killed in this moment: %s', async (_kind, _moment, index) => {
		const one = found().cases[index];
		const { moment, key, before, rows = [], sandbox } = one;
		const execution = one.execution as Execution;
		const { error } = execution.data.resultData;
		expect(before?.rows.map(({ status }) => status)).toEqual(moment.status ? [moment.status] : []);
		expect(before?.charges).toBe(moment.charges);
		expect(rows).toHaveLength(1);
		if (isUnclear(one)) {
			expect(error?.message).toContain('may have accepted the request');
			expect(error?.description).toContain(`delete the row of Order Key “${key}”`);
			expect(rows[0].status).toBe('sending');
			expect(sandbox.charges()).toHaveLength(moment.charges);
			expect(sandbox.requests({ step: 'create' })).toEqual([]);
			return;
		}
		expect(error).toBeUndefined();
		const [task] = sandbox.tasks();
		expect(sandbox.charges().map(({ kind, taskId }) => [kind, taskId])).toEqual([
			['charge', task.id],
		]);
		const [{ json, binary }] = itemsOf(execution, 'Hailuo');
		expect(json).toMatchObject({ status: 'completed', taskId: task.id });
		expect(binary?.data.mimeType).toBe('video/mp4');
		expect(rows[0]).toMatchObject({ status: 'completed', taskRef: json.taskRef });
	});

	test.each(kinds)('$name, two executions at one moment: one video for both', async (kind) => {
		const lane = await found().lane(`twice-${kinds.indexOf(kind)}`, kind, 5);
		try {
			const executions = await found().runTwice(await found().workflow(lane));
			const items = executions.flatMap((execution) => itemsOf(execution, 'Hailuo'));
			const [task] = lane.sandbox.tasks();
			expect(items.map(({ json }) => json.taskId)).toEqual([task.id, task.id]);
			expect(lane.sandbox.charges()).toHaveLength(1);
			const rows = await (await found().table()).live(lane.key);
			expect(rows.map(({ status }) => status)).toEqual(['completed']);
		} finally {
			await lane.sandbox.close();
		}
	});
}
