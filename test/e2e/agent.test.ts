import type { Execution, Workflow } from '../../harness/n8n/home';
import { type FakeChatModel, startFakeChatModel, type Turn } from '../support/fakeChatModel';
import { readExample, saveCredentials } from '../../harness/n8n/examples';
import { credentials, sandbox, session, useWorld } from './world';

jest.setTimeout(180_000);

useWorld({ secondsPerTask: 1 });

let chat: FakeChatModel;

beforeAll(async () => {
	chat = await startFakeChatModel();
	const data = { apiKey: 'chat-key', url: chat.url };
	const account = { name: `OpenAI ${chat.url}`, type: 'openAiApi', data };
	Object.assign(credentials, await saveCredentials(session, account));
});

afterAll(async () => await chat.close());

beforeEach(() => sandbox.reset());

/** The example; its nodes ask the vendor every second, because the test does not want to wait. */
function example(changes: Record<string, Record<string, unknown>> = {}): Workflow {
	const workflow = readExample('agent', credentials);
	const nodes = workflow.nodes.map((node) => {
		const hurry = node.credentials?.hailuoMiniMaxApi && { wait: { pollIntervalSeconds: 1 } };
		return { ...node, parameters: { ...node.parameters, ...hurry, ...changes[node.name] } };
	});
	return { ...workflow, nodes };
}

/** The same with an agent of before version 3, which calls its tools itself. */
function withOldAgent(workflow: Workflow): Workflow {
	const nodes = workflow.nodes.map((node) =>
		node.name === 'AI Agent' ? { ...node, typeVersion: 2.2 } : node,
	);
	return { ...workflow, nodes };
}

async function run(workflow: Workflow): Promise<Execution> {
	const execution = await session.runNew(workflow);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution;
}

/** What a tool has answered with one item. */
function task(result: string): Record<string, unknown> {
	const items = JSON.parse(result) as Array<Record<string, unknown>>;
	expect(items).toHaveLength(1);
	return items[0];
}

const taskRef = (result: string) => String(task(result).taskRef);

/** Makes the calls one after another, then repeats what the last tool has said. */
const inTurn =
	(...turns: Array<(results: readonly string[]) => Turn>) =>
	(results: readonly string[]): Turn =>
		turns[results.length]?.(results) ?? `The tool said ${results.at(-1)}`;

const generate =
	(prompt = 'A paper boat') =>
	(): Turn => [{ tool: 'Generate_Video', input: { prompt } }];

const check = (results: readonly string[]): Turn => [
	{ tool: 'Check_Video', input: { taskRef: taskRef(results[0]) } },
];

const template = (): Turn => [
	{ tool: 'Template_Video', input: { imageUrl: 'https://example.com/pets/rex.jpg' } },
];

const agents: Array<[string, (workflow: Workflow) => Workflow]> = [
	['the agent', (workflow) => workflow],
	['an agent of version 2', withOldAgent],
];

describe.each(agents)('%s', (_, adapt) => {
	test('makes a video, looks at it again and makes a template video', async () => {
		chat.follow(inTurn(generate(), check, template));
		const execution = await run(adapt(example()));

		const offered = chat.requests[0].tools?.map(({ function: tool }) => tool) ?? [];
		expect(
			offered.map(({ name, parameters }) => [name, Object.keys(parameters.properties ?? {})]),
		).toEqual(
			expect.arrayContaining([
				['Generate_Video', ['prompt']],
				['Check_Video', ['taskRef']],
				['Template_Video', ['imageUrl']],
			]),
		);
		for (const { description } of offered) expect(description).toMatch(/video.*\./);

		const [made, checked, fromTemplate] = chat.results();
		expect(task(made)).toMatchObject({
			taskRef: expect.stringMatching(/^minimax:v1:\d+$/),
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
			expiresAt: expect.stringMatching(/Z$/),
			cost: { unit: 'USD' },
		});
		expect(task(checked)).toMatchObject({ taskRef: taskRef(made), status: 'completed' });
		expect(task(fromTemplate)).toMatchObject({
			taskRef: expect.stringMatching(/^minimax:template:\d+$/),
			status: 'completed',
			videoUrl: expect.stringMatching(/^http/),
		});
		for (const result of chat.results()) {
			expect(result.length).toBeLessThan(1000);
			expect(Object.keys(task(result))).not.toContain('raw');
		}
		expect(sandbox.charges().map(({ kind }) => kind)).toEqual(['charge', 'charge']);
		expect(sandbox.requests({ step: 'download' })).toEqual([]);

		const seen = JSON.stringify(chat.requests);
		expect(seen).not.toMatch(/sandbox-key|chat-key|base64|data:video|"binary"/);
		const said = execution.data.resultData.runData['AI Agent'].at(-1)?.data?.main[0]?.[0];
		expect(said?.json.output).toContain(String(task(fromTemplate).videoUrl));
		expect(JSON.stringify(execution.data)).not.toMatch(/mp4","fileSize|"binary":\{"data/);
	});

	test('gets an unfinished task back from Generate Video and from Query Task', async () => {
		chat.follow(inTurn(generate('Slow {{sandbox seconds=3600}}'), check));
		const wait = { timeoutMinutes: 0.05, pollIntervalSeconds: 1 };
		await run(adapt(example({ 'Generate Video': { wait } })));
		const results = chat.results().map(task);
		expect(results).toHaveLength(2);
		for (const result of results) {
			expect(result).toMatchObject({
				taskRef: results[0].taskRef,
				status: expect.stringMatching(/queued|processing/),
				note: expect.stringContaining('do not order it again'),
			});
		}
		expect(sandbox.charges()).toHaveLength(1);
	});

	test('reads what went wrong and what to do', async () => {
		chat.follow(
			inTurn(
				generate(''),
				() => [{ tool: 'Check_Video', input: { taskRef: 'boat:1' } }],
				generate('Refused {{sandbox fail=1027}}'),
			),
		);
		await run(adapt(example()));
		const [empty, unknown, refused] = chat.results();
		expect(empty).toMatch(/Prompt/);
		expect(unknown).toContain('Task “boat:1” is not a task reference');
		expect(unknown).toContain('Use provider:kind:ID, e.g. minimax:v1:106916112212032');
		expect(refused).toMatch(/\[minimax:v1:\d+\]/);
		expect(refused).toMatch(/\]\. \w.*\./);
		for (const result of chat.results()) expect(result.length).toBeLessThan(700);
	});
});
