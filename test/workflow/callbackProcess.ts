import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { loneNode, nodeName, runFirst } from '../../harness/engine/execution';
import { WebhookContext } from 'n8n-core';
import type {
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRun,
	IWebhookData,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { HailuoCallbackTrigger } from '../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node';
import { additionalData, type Credentials } from '../../harness/engine/additionalData';

let executions = 100;

interface Options {
	readonly parameters: INodeParameters;
	readonly credentials: Credentials;
	readonly mode?: 'webhook' | 'manual';
	/** The node as another process has loaded it. */
	readonly node?: INodeType;
}

/** What n8n's database holds of a workflow, for all processes that share it. */
export class Database {
	staticData: IDataObject = {};
}

/** A process of n8n that serves our webhook, as its live webhooks do. */
export class CallbackProcess {
	readonly runs: IRun[] = [];

	url = '';

	/** Executions begin and die at once, with the worker that has taken them. */
	isDying = false;

	/** Happens as an execution begins. */
	onExecution = () => {};

	private readonly server: FastifyInstance = fastify({
		forceCloseConnections: true,
		bodyLimit: 16 * 1024 * 1024,
	});

	private readonly type: INodeType;

	constructor(
		private readonly options: Options,
		private readonly database = new Database(),
	) {
		this.type = options.node ?? new HailuoCallbackTrigger();
		this.server.removeAllContentTypeParsers();
		this.server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
			done(null, body),
		);
		this.server.all('/webhook', async (request, reply) => await this.serve(request, reply));
	}

	static async start(options: Options, database?: Database): Promise<CallbackProcess> {
		const process = new CallbackProcess(options, database);
		await process.server.listen({ host: '127.0.0.1', port: 0 });
		const [{ port }] = process.server.addresses();
		process.url = `http://127.0.0.1:${port}/webhook`;
		started.push(process);
		return process;
	}

	async close() {
		await this.server.close();
	}

	get items(): INodeExecutionData[] {
		return this.runs
			.flatMap(({ data }) => data.resultData.runData[nodeName] ?? [])
			.flatMap((run) => run.data?.main[0] ?? []);
	}

	get references(): string[] {
		return this.items.map(({ json }) => String(json.taskRef)).sort();
	}

	get errors(): string[] {
		return this.runs.flatMap(({ data }) => data.resultData.error?.message ?? []);
	}

	private async serve(request: FastifyRequest, reply: FastifyReply) {
		const { mode = 'webhook', credentials, parameters } = this.options;
		const lone = loneNode(this.type, {
			parameters: { downloadVideo: false, ...parameters },
			credentials,
			staticData: kept(this.database.staticData),
		});
		const { workflow, node } = lone;
		const method = request.method as 'GET' | 'POST';
		const webhook = this.type.description.webhooks?.find((one) => one.httpMethod === method);
		const data: IWorkflowExecuteAdditionalData = {
			...additionalData(() => credentials),
			httpRequest: requestOf(request),
			httpResponse: responseOf(reply),
		};
		const webhookData = { webhookDescription: webhook } as unknown as IWebhookData;
		const context = new WebhookContext(workflow, node, data, mode, webhookData, [], null);
		const { workflowData, noWebhookResponse } = (await this.type.webhook?.call(context)) ?? {};
		// n8n answers when the execution is in its database, and its own static data after it.
		if (workflowData && !this.isDying) {
			const main = kept(workflowData);
			const id = String(++executions);
			this.onExecution();
			void runFirst(lone, main, () => credentials, mode, id).then((run) => this.runs.push(run));
		}
		if (workflow.staticData.__dataChanged === true && mode !== 'manual') {
			this.database.staticData = kept(workflow.staticData);
		}
		if (!noWebhookResponse) await reply.send({ message: 'Workflow was started' });
		return reply;
	}
}

/** As a database gives it back. */
const kept = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

const started: CallbackProcess[] = [];

/** Ends what the tests of this file have started. */
export function useCallbacks() {
	afterEach(async () => {
		await Promise.all(started.splice(0).map(async (process) => await process.close()));
	});
}

function requestOf({ headers, body, query }: FastifyRequest) {
	return { headers, rawBody: body ?? Buffer.alloc(0), body: {}, query, params: {} } as never;
}

/** As much of Express as a node uses. */
function responseOf(reply: FastifyReply) {
	const response = {
		status: (code: number) => {
			void reply.code(code);
			return response;
		},
		setHeader: (header: string, value: string) => void reply.header(header, value),
		json: (body: unknown) => void reply.send(body),
	};
	return response as never;
}

/** Looks every few milliseconds, until there is something to find. */
export async function untilTrue(what: () => boolean, seconds = 100) {
	const end = Date.now() + seconds * 1000;
	while (!what()) {
		if (Date.now() > end) throw new Error(`In vain for ${seconds} s: ${what.toString()}`);
		await sleep(20);
	}
}

/** Posts as a vendor, or as somebody who says to be one. Gives the HTTP status. */
export async function post(
	url: string,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
	return { status: response.status, text: await response.text() };
}
