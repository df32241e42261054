import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { n8n as registered } from '../../package.json';
import { sandboxAccounts } from '../../harness/accounts';
import { N8nHome, type Workflow } from '../../harness/n8n/home';
import { startSandbox } from '../../sandbox/server';
import { sharedN8n } from './shared';
import { readExample } from '../../harness/n8n/examples';

// Another n8n is installed into the cache when it is not there yet.
jest.setTimeout(1_200_000);

/** The last line of n8n 1; 2.41.1 is what all other tests run on. */
test('n8n 1.123.81 loads the package and makes the first video', async () => {
	const home = await N8nHome.create({ version: '1.123.81', tarball: sharedN8n().tarball });
	const sandbox = await startSandbox({ config: { secondsPerTask: 2 } });
	try {
		await promisify(execFile)(
			home.host.node,
			[
				'-e',
				registered.nodes
					.concat(registered.credentials)
					.map((file) => {
						const [name] = path.basename(file).split('.');
						return `new (require('n8n-nodes-hailuo/${file}').${name})();`;
					})
					.join(''),
			],
			{
				cwd: path.join(home.userFolder, '.n8n/nodes'),
				// As n8n does, so that the package finds n8n's own copies of n8n-workflow and zod.
				env: { NODE_PATH: path.join(home.host.folder, 'node_modules') },
			},
		);
		const accounts = sandboxAccounts(sandbox).map((account) => ({ id: account.type, ...account }));
		await home.importCredentials(
			accounts.map(({ id, name, type, data }) => ({ id, name, type, data })),
		);
		const credentials = Object.fromEntries(
			accounts.map(({ type, id, name }) => [type, { id, name }]),
		);
		const workflow = readExample('text-to-video', credentials) as Workflow & { id: string };
		await home.importWorkflow(workflow);
		const { data } = await home.executeWorkflow(workflow.id);
		expect(data.resultData.error?.message).toBeUndefined();
		const [item] = data.resultData.runData['Generate Video'][0].data?.main[0] ?? [];
		expect(item.json).toMatchObject({ status: 'completed', provider: 'minimax' });
		const file = await home.readBinary(item.binary?.data as never);
		expect(file.subarray(4, 8).toString()).toBe('ftyp');
		expect(sandbox.charges()).toHaveLength(1);
	} finally {
		await sandbox.close();
		await home.remove();
	}
});
