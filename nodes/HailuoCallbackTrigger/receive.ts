import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { providers } from '../../providers';
import { Allowance } from '../../video/allowance';
import type { Callback, CallbackReading, CallbackTask } from '../../video/callback';
import { asError } from '../../video/failure';
import { parseJson } from '../../video/json';
import type { Provider } from '../../video/provider';
import { formatReference } from '../../video/reference';
import { clock } from '../shared/clock';
import { Connections } from '../shared/connections';
import { readCallbackForm } from './callbackForm';
import { CallbackMemory, memories, rowsKnowAfter } from './callbackMemory';
import { Follower } from './follow';
import { itemOf } from './outcome';

/** Milliseconds until a vendor gets an answer; the most impatient one waits for 5 s. */
const answerWithin = 4000;
/** Seconds after which a vendor may call again. */
const callAgain = 30;
const longestBody = 1024 * 1024;
/** Tasks that one call may speak of. */
const tasksAtMost = 20;

/** What the vendor is told of each end, the first that applies: HTTP status and message. */
const answers = {
	later: [503, 'Not yet: call again'],
	busy: [429, 'Too many callbacks about unknown tasks'],
	done: [200, 'Received'],
	unknown: [404, 'Nobody knows this task'],
} as const;

type End = keyof typeof answers;

/**
 * Answers one call, as n8n hands it over. Only what is done with is acknowledged, so that a vendor
 * that repeats its calls repeats the others.
 */
export async function receiveCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	if (context.getWebhookName() === 'setup') return receiveVisit(context);
	const callback = callbackOf(context);
	const found = callback && readerOf(callback);
	if (!found) return answer(context, 400, { message: 'No vendor calls back in this form' });
	const { provider, reading } = found;
	if (reading.is === 'challenge') return answer(context, 200, reading.answer);
	const tasks = reading.is === 'tasks' ? reading.tasks.filter(isWorthAsking) : [];
	if (tasks.length === 0) return answerEnd(context, 'done');
	try {
		return await receiveTasks(context, callback, provider, tasks.slice(0, tasksAtMost));
	} catch (cause) {
		warn(context, provider, asError(cause).message);
		return answerEnd(context, 'later');
	}
}

/** Somebody looks at the address, or asks it for the challenge in another way than by POST. */
function receiveVisit(context: IWebhookFunctions): IWebhookResponseData {
	const { challenge } = context.getQueryData() as { challenge?: unknown };
	if (typeof challenge === 'string') return answer(context, 200, { challenge });
	const message = 'Vendors of videos call this address. Enter it as Callback URL.';
	return answer(context, 200, { message });
}

function callbackOf(context: IWebhookFunctions): Callback | undefined {
	const { rawBody: raw, headers } = context.getRequestObject();
	if (!Buffer.isBuffer(raw) || raw.length > longestBody) return undefined;
	const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
	try {
		const body = parseJson(raw.toString('utf8'));
		return { headers: Object.fromEntries(texts), raw, body };
	} catch {
		return undefined;
	}
}

function readerOf(
	callback: Callback,
): { provider: Provider; reading: CallbackReading } | undefined {
	for (const provider of providers) {
		const reading = provider.readCallback?.(callback);
		if (reading) return { provider, reading };
	}
	return undefined;
}

/** A task that goes on will be called back for again; an ID that cannot be one is none. */
const isWorthAsking = ({ ended, references }: CallbackTask) =>
	ended && references.every(({ id }) => /^[\w.:-]{1,200}$/.test(id));

async function receiveTasks(
	context: IWebhookFunctions,
	callback: Callback,
	provider: Provider,
	tasks: readonly CallbackTask[],
): Promise<IWebhookResponseData> {
	const form = readCallbackForm(context);
	const memory = memoryFor(context, form.table !== undefined);
	const isHandled = ({ references }: CallbackTask) =>
		references.some((reference) => memory.isHandled(formatReference(reference), clock.elapsed()));
	// Before the credential, which takes n8n longer than anything else here: doubled calls come in crowds.
	if (tasks.every(isHandled)) return answerEnd(context, 'done');
	const connections = new Connections(context);
	const { host } = connections;
	const { connection, credential } = await connections.open(provider, 0);
	if (provider.isSigned?.(callback, credential, host.now()) === false) {
		warn(context, provider, 'Its signature is wrong');
		return answer(context, 401, { message: 'The signature is wrong' });
	}
	const follower = new Follower({
		context,
		form,
		memory,
		provider,
		connection,
		warn: (message) => warn(context, provider, message),
	});
	const asked = Promise.all(tasks.map(async (task) => await follower.follow(task)));
	const awake = new AbortController();
	const late = host.sleep(answerWithin, awake.signal).catch(() => undefined);
	const soon = await Promise.race([asked, late]);
	awake.abort();
	if (!soon) answerEnd(context, 'later');
	const outcomes = soon ?? (await asked);
	const fired = outcomes.flatMap((one) => (one.is === 'fires' ? [one.handover] : []));
	if (fired.length > 0) {
		const workflowData = [fired.map((handover) => ({ json: itemOf(handover) }))];
		return { workflowData, ...(!soon && { noWebhookResponse: true }) };
	}
	if (!soon) return { noWebhookResponse: true };
	const ends = Object.keys(answers) as End[];
	return answerEnd(context, ends.find((end) => outcomes.some(({ is }) => is === end)) as End);
}

function answerEnd(context: IWebhookFunctions, end: End): IWebhookResponseData {
	const [status, message] = answers[end];
	return answer(context, status, { message });
}

/** A flood of callbacks is no flood of lines. */
const warnings = new Allowance(10, 0.1);

function warn(context: IWebhookFunctions, { name }: Provider, message: string) {
	if (!warnings.take(clock.elapsed())) return;
	context.logger.warn(`Hailuo Callback Trigger: a callback of ${name} was not taken. ${message}`);
}

/** A test in the editor remembers nothing; with a table n8n's static data is left alone. */
function memoryFor(context: IWebhookFunctions, hasTable: boolean): CallbackMemory {
	if (context.getMode() === 'manual') return new CallbackMemory();
	const memory = memories.of(context);
	memory.handledFor = hasTable ? rowsKnowAfter : Infinity;
	if (hasTable) return memory;
	const data = context.getWorkflowStaticData('node');
	memory.restore(data.callbacks);
	data.callbacks = memory.kept;
	return memory;
}

function answer(
	context: IWebhookFunctions,
	status: number,
	body: Readonly<Record<string, string>>,
): IWebhookResponseData {
	const response = context.getResponseObject();
	if ([429, 503].includes(status)) response.setHeader('Retry-After', String(callAgain));
	response.status(status).json(body as IDataObject);
	return { noWebhookResponse: true };
}
