import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';

/** What the model decides: to call tools, or to say something and be done. */
export type Turn = string | readonly ToolCall[];

export interface ToolCall {
	readonly tool: string;
	readonly input: Readonly<Record<string, unknown>>;
}

/** The next turn, from what the tools have answered since the person spoke, oldest first. */
export type Script = (results: readonly string[]) => Turn;

interface Message {
	readonly role: string;
	readonly content?: unknown;
}

/** A request for a chat completion, as far as tests look at it. */
export interface ChatRequest {
	readonly model: string;
	readonly messages: readonly Message[];
	readonly stream?: boolean;
	readonly tools?: ReadonlyArray<{
		readonly function: {
			readonly name: string;
			readonly description?: string;
			readonly parameters: { readonly properties?: Readonly<Record<string, unknown>> };
		};
	}>;
}

export interface FakeChatModel {
	/** The Base URL for n8n's OpenAI credential. */
	readonly url: string;
	/** All that it was sent, oldest first. */
	readonly requests: ChatRequest[];
	/** What its tools have answered so far in the newest conversation. */
	results(): string[];
	/** Forgets what it was sent and follows another script. */
	follow(script: Script): void;
	close(): Promise<void>;
}

/** A server with OpenAI's chat completions whose model follows a script instead of thinking. */
export async function startFakeChatModel(): Promise<FakeChatModel> {
	let script: Script = () => 'Nobody has told me what to do.';
	const requests: ChatRequest[] = [];
	const server = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 * 1024 });

	server.get('/v1/models', async () => ({
		object: 'list',
		data: [{ id: 'fake', object: 'model' }],
	}));

	server.post<{ Body: ChatRequest }>('/v1/chat/completions', async ({ body }, reply) => {
		requests.push(body);
		const turn = script(resultsIn(body));
		const head = { id: `chatcmpl-${randomUUID()}`, created: 0, model: body.model };
		if (!body.stream) {
			const choice = { index: 0, message: messageOf(turn), finish_reason: reasonOf(turn) };
			return { ...head, object: 'chat.completion', choices: [choice], usage };
		}
		const chunks = [
			{ delta: messageOf(turn), finish_reason: null },
			{ delta: {}, finish_reason: reasonOf(turn) },
		].map((choice) => ({
			...head,
			object: 'chat.completion.chunk',
			choices: [{ index: 0, ...choice }],
		}));
		const lines = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'];
		return await reply
			.type('text/event-stream')
			.send(lines.map((line) => `data: ${line}\n\n`).join(''));
	});

	await server.listen({ host: '127.0.0.1', port: 0 });
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		requests,
		results: () => {
			const last = requests.at(-1);
			return last ? resultsIn(last) : [];
		},
		follow: (next) => {
			requests.length = 0;
			script = next;
		},
		close: async () => await server.close(),
	};
}

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

function messageOf(turn: Turn) {
	if (typeof turn === 'string') return { role: 'assistant', content: turn };
	return {
		role: 'assistant',
		content: null,
		tool_calls: turn.map(({ tool, input }, index) => ({
			index,
			id: `call_${randomUUID()}`,
			type: 'function',
			function: { name: tool, arguments: JSON.stringify(input) },
		})),
	};
}

function reasonOf(turn: Turn): string {
	return typeof turn === 'string' ? 'stop' : 'tool_calls';
}

function resultsIn({ messages }: ChatRequest): string[] {
	const asked = messages.map(({ role }) => role).lastIndexOf('user');
	return messages
		.slice(asked + 1)
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)));
}
