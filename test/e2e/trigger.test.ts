import { providers } from '../../providers';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nHome, type Workflow } from '../../harness/n8n/home';
import { startN8n } from '../../harness/n8n/instance';
import { N8nSession } from '../../harness/n8n/session';
import { startSandbox } from '../../sandbox/server';
import { openSession, sharedN8n } from './shared';
import { type Credentials, readExample, saveAllCredentials } from '../../harness/n8n/examples';
import {
	firstGivenOut,
	givenOut,
	itemsOf,
	oneNode,
	reacting,
	setNode,
	splitOut,
	withBetween,
} from '../../harness/n8n/workflows';

jest.setTimeout(600_000);

/** Twenty tasks of all vendors in one execution; one fails, some are in the list of an account. */
function firing(credentials: Credentials): Workflow {
	const fire = oneNode(
		'hailuoGenerateVideo',
		{
			provider: '={{ $json.provider }}',
			model: '={{ $json.model }}',
			prompt: '={{ $json.prompt }}',
			waitForCompletion: false,
			recordTask: true,
			taskTable: { label: 'twenty' },
			options: { concurrency: 10 },
		},
		credentials,
	);
	const vendors = providers.map(({ id }) => id);
	const tasks = Array.from({ length: 20 }, (_, index) => ({
		provider: vendors[index % 4],
		// Every second task of MiniMax is one that its account lists.
		model: index % 8 === 0 ? 'MiniMax-H3' : 'MiniMax-Hailuo-2.3',
		prompt: `Scene ${index}${index === 13 ? ' {{sandbox fail=1027}}' : ''}`,
	}));
	return withBetween(fire, setNode({ tasks }), splitOut('tasks'));
}

type Json = Readonly<Record<string, unknown>>;

const references = (items: readonly Json[]) => items.map(({ taskRef }) => String(taskRef)).sort();

/** What each of the published workflows has kept so far, under its name here. */
async function firedBy<Name extends string>(
	session: N8nSession,
	workflows: Readonly<Record<Name, string>>,
): Promise<Record<Name, Json[]>> {
	const fired: Array<[string, Json[]]> = [];
	for (const [name, id] of Object.entries<string>(workflows)) {
		fired.push([name, (await givenOut(session, id, 'Kept')).map(({ json }) => json)]);
	}
	return Object.fromEntries(fired) as Record<Name, Json[]>;
}

test('every task fires exactly once, across kill -9 between submitting and finishing', async () => {
	const sandbox = await startSandbox({ config: { secondsPerTask: 45, rateLimits: false } });
	const home = await N8nHome.create({ tarball: sharedN8n().tarball });
	let n8n = await startN8n({ home });
	try {
		let session = await N8nSession.open(n8n.url);
		const port = n8n.port;
		const credentials = await saveAllCredentials(session, sandbox);
		const triggers = {
			table: await session.publishWorkflow(
				reacting('hailuoTrigger', { source: 'taskTable' }, credentials),
			),
			apiframe: await session.publishWorkflow(
				reacting('hailuoTrigger', { source: 'account', provider: 'apiframe' }, credentials),
			),
			h3: await session.publishWorkflow(
				reacting('hailuoTrigger', { source: 'account', provider: 'minimax' }, credentials),
			),
		};

		const submitted = await session.runNew(firing(credentials));
		expect(submitted.data.resultData.error?.message).toBeUndefined();
		const made = itemsOf(submitted, 'Hailuo').map(({ json }) => json);
		expect(made).toHaveLength(20);

		await n8n.kill('SIGKILL');
		n8n = await startN8n({ home, port });
		session = await N8nSession.open(n8n.url);

		const expected = {
			table: made,
			apiframe: made.filter(({ provider }) => provider === 'apiframe'),
			h3: made.filter(({ model }) => model === 'MiniMax-H3'),
		};
		for (let tries = 0; tries < 60; tries++) {
			const now = await firedBy(session, triggers);
			const names = Object.keys(expected) as Array<keyof typeof expected>;
			if (names.every((name) => now[name].length >= expected[name].length)) break;
			await sleep(5000);
		}
		// One more poll of n8n: nothing may come twice.
		await sleep(65_000);
		const all = await firedBy(session, triggers);
		expect(references(all.table)).toEqual(references(expected.table));
		expect(references(all.apiframe)).toEqual(references(expected.apiframe));
		expect(references(all.h3)).toEqual(references(expected.h3));
		const failed = all.table.filter(({ event }) => event === 'failed');
		expect(failed).toHaveLength(1);
		expect(failed[0]).toMatchObject({ status: 'failed', label: 'twenty' });
		expect(all.table.filter(({ event }) => event === 'completed')).toHaveLength(19);
	} finally {
		await n8n.stop();
		await home.remove();
		await sandbox.close();
	}
});

test('examples/fire.json and examples/react.json', async () => {
	const sandbox = await startSandbox({ config: { secondsPerTask: 10 } });
	const session = await openSession();
	const credentials = await saveAllCredentials(session, sandbox);
	const react = await session.publishWorkflow(readExample('react', credentials));
	try {
		const fire = await session.createWorkflow(readExample('fire', credentials));
		const { data } = await session.runWorkflow(fire);
		expect(data.resultData.error?.message).toBeUndefined();
		const posted = await firstGivenOut(session, react, 'Post It');
		expect(posted).toHaveLength(1);
		const [{ json, binary }] = posted;
		expect(json).toMatchObject({ event: 'completed', label: 'lanterns', workflowId: fire });
		expect(binary?.data.mimeType).toBe('video/mp4');
		// It belongs to the execution, and is deleted with it.
		expect(binary?.data.id).toMatch(/\/executions\/\d+\//);
	} finally {
		await session.call('POST', `/workflows/${react}/deactivate`).catch(() => undefined);
		await sandbox.close();
	}
});
