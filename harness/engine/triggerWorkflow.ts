import type {
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	WorkflowActivateMode,
} from 'n8n-workflow';
import { loneNode, nodeName, runFirst } from './execution';
import { PollContext } from 'n8n-core';
import { HailuoTrigger } from '../../nodes/HailuoTrigger/HailuoTrigger.node';
import { forgetEverything } from '../../nodes/HailuoTrigger/triggerMemory';
import { additionalData, type Credentials } from './additionalData';

export interface TriggerOptions {
	readonly parameters: INodeParameters;
	readonly credentials: Credentials;
	readonly id?: string;
	/** n8n gives a poll 300 s, with its durable scheduler 36 s. */
	readonly budgetMs?: number;
}

const trigger = new HailuoTrigger();

/** A workflow with our trigger, treated as n8n's own pollers treat it. */
export class TriggerWorkflow {
	/** What the executions of the workflow got. */
	readonly items: INodeExecutionData[] = [];

	onExecution: (items: readonly INodeExecutionData[]) => void = () => undefined;

	/** The custom data of the last execution. */
	customData: Readonly<Record<string, string>> = {};

	/** What the database holds: saved when an execution starts, and at the end of an activation. */
	saved = '{}';

	private context!: PollContext;

	private current!: object;

	/** What a dead process still does, nobody sees. */
	private process = 0;

	credentials: Credentials;

	constructor(private options: TriggerOptions) {
		this.credentials = options.credentials;
	}

	get events(): string[] {
		return this.items.map(({ json }) => `${String(json.event)} ${String(json.taskRef)}`);
	}

	get references(): string[] {
		return this.items.map(({ json }) => String(json.taskRef));
	}

	/** Throws what makes n8n refuse to activate the workflow. */
	async activate(mode: WorkflowActivateMode = 'activate', saved = this.saved): Promise<this> {
		this.context = this.open(mode, saved);
		await this.poll();
		this.saved = stateOf(this.context);
		return this;
	}

	/** n8n's process dies and starts again. */
	async restart() {
		this.process++;
		forgetEverything();
		await this.activate('init');
	}

	/** Changes the form, and does not tell the trigger. */
	change(parameters: INodeParameters) {
		this.options = {
			...this.options,
			parameters: { ...this.options.parameters, ...parameters },
		};
	}

	async edit(parameters: INodeParameters = {}, saved = this.saved) {
		this.change(parameters);
		await this.activate('update', saved);
	}

	/** One tick of n8n's scheduler. Throws what n8n would show as a failed execution. */
	async poll(): Promise<void> {
		const { context, current } = this;
		try {
			const items = await trigger.poll.call(context);
			if (items && this.current === current) this.emit(context, items);
		} catch (cause) {
			if (this.current === current) throw cause;
		}
	}

	/** Fetch Test Event in the editor. */
	async sample(): Promise<INodeExecutionData[]> {
		return await this.execute('manual', [{ json: {} }]);
	}

	/** What the trigger makes of its events in the execution that they have started. */
	async execution(events: INodeExecutionData[], executionId?: string) {
		return await this.execute('trigger', events, executionId);
	}

	private async execute(
		mode: 'manual' | 'trigger',
		items: INodeExecutionData[],
		executionId?: string,
	): Promise<INodeExecutionData[]> {
		const lone = this.lone(this.saved, mode === 'trigger');
		const run = await runFirst(lone, [items], () => this.credentials, mode, executionId);
		const [{ error, data }] = run.data.resultData.runData[nodeName];
		this.customData = run.data.resultData.metadata ?? {};
		// n8n keeps a plain copy of it.
		if (error) throw Object.assign(new Error(error.message), error);
		return data?.main[0] ?? [];
	}

	private emit(context: PollContext, items: INodeExecutionData[][]) {
		this.items.push(...items.flat());
		this.onExecution(items.flat());
		this.saved = stateOf(context);
	}

	private lone(saved: string, active: boolean) {
		const staticData = { [`node:${nodeName}`]: JSON.parse(saved) as IDataObject };
		const { credentials } = this;
		return loneNode(trigger, { ...this.options, credentials, active, staticData });
	}

	private open(activation: WorkflowActivateMode, saved: string): PollContext {
		const { budgetMs } = this.options;
		const { process } = this;
		const { workflow, node } = this.lone(saved, true);
		this.current = workflow;
		const budget = budgetMs === undefined ? [] : [budgetMs];
		const context: PollContext = new PollContext(
			workflow,
			node,
			additionalData(() => this.credentials),
			'trigger',
			activation,
			// n8n does not ask here whether the version is the current one; a dead process cannot.
			(items) => {
				if (this.process === process) this.emit(context, items);
			},
			() => undefined,
			undefined,
			undefined,
			undefined,
			...budget.map((milliseconds) => () => milliseconds),
		);
		return context;
	}
}

const stateOf = (context: PollContext) => JSON.stringify(context.getWorkflowStaticData('node'));
