import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	IExecuteFunctions,
	IHttpRequestOptions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { createHash, randomUUID } from 'node:crypto';
import { InputError, StoppedError } from '../../video/failure';
import type {
	Connection,
	Host,
	HttpRequest,
	Memory,
	OpenedLink,
	RawAnswer,
} from '../../video/host';
import type { Provider } from '../../video/provider';
import { clock } from './clock';

export type NodeContext = IExecuteFunctions | IPollFunctions | IWebhookFunctions;

/** Milliseconds that the opening of a link gets; the engine has its own limit for the whole. */
const openingTimeout = 120_000;
/** n8n's own time-out comes after the engine's, which says more. */
const afterOurs = 5000;
/** What is shorter is no key, and would be found in words that repeat none. */
const shortestKey = 8;

type Readable = Exclude<Parameters<NodeContext['helpers']['prepareBinaryData']>[0], Buffer>;
type ReadableClass = { from(content: AsyncIterable<Uint8Array>): Readable };

/**
 * Node.js's Readable. Community nodes may not import it, but every stream that n8n gives out is one.
 */
function readableClass(stream: Readable): ReadableClass {
	return stream.constructor as unknown as ReadableClass;
}

/** The heart's view of n8n: its clock, helpers, node context and cancel signal. */
export function createHost(context: NodeContext): Host {
	const signal = cancelSignal(context);
	return {
		now: () => clock.now(),
		elapsed: () => clock.elapsed(),
		random: Math.random,
		uuid: randomUUID,
		sleep: async (milliseconds, cancel) => await sleepUnlessStopped(milliseconds, signal, cancel),
		open: async (url) => await openLink(context, url, signal),
		memory: nodeMemory(context),
	};
}

/** Whose API it is, for messages, and the credential that opens it. */
export type Service = Pick<Provider, 'name' | 'credential' | 'baseUrl'>;

/** The account behind a credential for a vendor, or for n8n itself: the node's own unless one is given. */
export async function connectTo(
	context: NodeContext,
	host: Host,
	account: Service,
	opened?: ICredentialDataDecryptedObject,
): Promise<Connection> {
	const credential: ICredentialDataDecryptedObject =
		opened ?? (await context.getCredentials(account.credential));
	const address = account.baseUrl?.(credential) ?? String(credential.baseUrl ?? '');
	const baseUrl = address.trim().replace(/\/+$/, '');
	if (!/^https?:\/\/./.test(baseUrl) || !URL.canParse(baseUrl)) {
		throw new InputError(
			`The Base URL of the ${account.name} credential is not a URL`,
			'Open the credential and enter an address such as https://api.example.com.',
		);
	}
	const signal = cancelSignal(context);
	const key = String(credential.apiKey ?? '');
	const decrypted = { id: '', name: '', type: account.credential, data: credential };
	return {
		baseUrl,
		host,
		keyDigest: createHash('sha256').update(key).digest('hex'),
		send: async (request) => {
			const answer = await send(context, decrypted, request, signal);
			return { ...answer, text: withoutKey(answer.text, key) };
		},
	};
}

/** Vendors repeat keys in their answers: nothing that is read from one may pass a key on. */
function withoutKey(text: string, key: string): string {
	return key.length < shortestKey ? text : text.replaceAll(key, '[key]');
}

function cancelSignal(context: NodeContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** n8n before 2.38 ignores the signal of sleep(), so that it is watched here. */
async function sleepUnlessStopped(
	milliseconds: number,
	signal: AbortSignal | undefined,
	cancel: AbortSignal | undefined,
): Promise<void> {
	if (signal?.aborted) throw new StoppedError();
	const timer = new AbortController();
	const end = () => timer.abort();
	for (const one of [signal, cancel]) one?.addEventListener('abort', end, { once: true });
	const aborted = new Promise<void>((resolve) => {
		timer.signal.addEventListener('abort', () => resolve(), { once: true });
	});
	const slept = clock.sleep(milliseconds, timer.signal).catch(() => undefined);
	await Promise.race([slept, aborted]);
	for (const one of [signal, cancel]) one?.removeEventListener('abort', end);
	if (signal?.aborted || cancel?.aborted) throw new StoppedError();
}

/**
 * The credential that was opened once is used for all requests: n8n would read and decrypt it for each,
 * in a virtual machine for expressions that is made for this and costs it a tenth of a second.
 */
async function send(
	context: NodeContext,
	credential: ICredentialsDecrypted,
	{ method, url, headers, json, form, timeout, cancel }: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<RawAnswer> {
	const signals = [signal, cancel].filter((one) => one !== undefined);
	const options: IHttpRequestOptions = {
		method,
		url,
		headers: { Accept: 'application/json', ...headers },
		...(json !== undefined && { body: json as IHttpRequestOptions['body'] }),
		...(form && { body: form as unknown as IHttpRequestOptions['body'] }),
		encoding: 'text',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		...(timeout !== undefined && { timeout: timeout + afterOurs }),
		abortSignal: AbortSignal.any(signals),
	};
	const answer = (await context.helpers.httpRequestWithAuthentication
		.call(context, credential.type, options, { credentialsDecrypted: credential })
		.catch(stoppedOr(signal))) as { statusCode: number; headers: object; body: unknown };
	return {
		status: answer.statusCode,
		headers: plainHeaders(answer.headers),
		text: typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
	};
}

async function openLink(
	context: NodeContext,
	url: string,
	signal: AbortSignal | undefined,
): Promise<OpenedLink> {
	const answer = (await context.helpers
		.httpRequest({
			url,
			method: 'GET',
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: openingTimeout,
			abortSignal: signal,
		})
		.catch(stoppedOr(signal))) as { statusCode: number; headers: object; body: Readable };
	const { body } = answer;
	// Without a listener a connection that breaks while nobody reads would end the process.
	body.on('error', () => undefined);
	return {
		status: answer.statusCode,
		headers: plainHeaders(answer.headers),
		content: body,
		store: async (content, fileName, mimeType) => {
			const stream = readableClass(body).from(content);
			const handle = await context.helpers.prepareBinaryData(stream, fileName, mimeType);
			return { handle, bytes: handle.bytes };
		},
		close: () => void body.destroy(),
	};
}

function stoppedOr(signal: AbortSignal | undefined): (cause: unknown) => never {
	return (cause) => {
		throw signal?.aborted ? new StoppedError() : cause;
	};
}

function plainHeaders(headers: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** The node context is kept by Retry On Fail and by the retry of a failed execution. */
function nodeMemory(context: NodeContext): Memory {
	const values: Record<string, unknown> = 'getContext' in context ? context.getContext('node') : {};
	return {
		get: (key) => values[key],
		set: (key, value) => {
			values[key] = value;
		},
		delete: (key) => {
			delete values[key];
		},
	};
}
