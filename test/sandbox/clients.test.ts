import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { type Sandbox, startSandbox } from '../../sandbox/server';
import { png } from './images';

const run = promisify(execFile);
const MMX = join(dirname(require.resolve('mmx-cli/package.json')), 'dist', 'mmx.mjs');

/** The vendors' own clients are the judges of whether the sandbox speaks the vendors' HTTP. */
describe("the vendors' own clients", () => {
	let sandbox: Sandbox;
	let home: string;

	beforeAll(async () => {
		sandbox = await startSandbox({ config: { secondsPerTask: 0 } });
		home = await mkdtemp(join(tmpdir(), 'sandbox-clients-'));
	});

	afterAll(async () => {
		await sandbox.close();
		await rm(home, { recursive: true });
	});

	const node = async (args: string[], env: Record<string, string> = {}) =>
		await run(process.execPath, args, {
			env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, CI: '1', ...env },
			timeout: 60_000,
		});

	const mmx = async (...args: string[]) =>
		await node([
			MMX,
			...['video', 'generate', '--base-url', sandbox.baseUrl('minimax')],
			// Without a region it would ask MiniMax's real hosts whose key this is.
			...['--region', 'global'],
			...['--api-key', 'sk-mmx', '--non-interactive', '--output', 'json', '--poll-interval', '1'],
			...args,
		]);

	const isMp4 = async (path: string): Promise<boolean> =>
		(await readFile(path)).toString('latin1', 4, 8) === 'ftyp';

	it('mmx-cli makes and downloads a video from text', async () => {
		const path = join(home, 'text.mp4');
		const { stdout } = await mmx('--prompt', 'a lighthouse', '--download', path);
		expect(JSON.parse(stdout)).toMatchObject({ status: 'Success', saved: path });
		expect(await isMp4(path)).toBe(true);
	}, 60_000);

	it('mmx-cli makes and downloads a video from an image', async () => {
		const image = join(home, 'frame.png');
		await writeFile(image, png(640, 480));
		const path = join(home, 'image.mp4');
		await mmx('--prompt', 'a lighthouse', '--image', image, '--download', path);
		expect(await isMp4(path)).toBe(true);
		const [create] = sandbox.requests({ step: 'create' }).slice(-1);
		expect(create?.body).toMatchObject({ first_frame_image: expect.stringMatching(/^data:image/) });
	}, 60_000);

	it('mmx-cli makes and downloads a video with MiniMax-H3', async () => {
		const path = join(home, 'h3.mp4');
		const ratio = ['--ratio', '16:9'];
		await mmx('--model', 'MiniMax-H3', '--prompt', 'a lighthouse', ...ratio, '--download', path);
		expect(await isMp4(path)).toBe(true);
	}, 60_000);

	it('mmx-cli shows the balance of a pay-as-you-go key', async () => {
		const { stdout } = await node([
			MMX,
			...['quota', 'show', '--base-url', sandbox.baseUrl('minimax'), '--region', 'global'],
			...['--api-key', 'sk-api-mmx', '--non-interactive', '--output', 'text'],
		]);
		expect(stdout).toContain('Available: 100.00');
	}, 60_000);

	/** What a script prints that calls the SDK at the sandbox. */
	const runware = async (call: string): Promise<unknown> => {
		const script = `
			const { RunwareServer } = require(${JSON.stringify(require.resolve('@runware/sdk-js'))});
			(async () => {
				const runware = await RunwareServer.initialize({
					apiKey: process.env.KEY,
					url: process.env.URL,
				});
				console.log(JSON.stringify(await runware.${call}));
				process.exit(0);
			})().catch((error) => { console.error(error); process.exit(1); });`;
		const url = sandbox.baseUrl('runware').replace('http', 'ws');
		const { stdout } = await node(['-e', script], { KEY: 'sk-runware', URL: url });
		return JSON.parse(stdout);
	};

	it('the Runware SDK searches models', async () => {
		expect(await runware("modelSearch({ search: 'h3', limit: 1 })")).toMatchObject({
			totalResults: 4,
			results: [{ air: 'minimax:h3@0', name: 'MiniMax H3' }],
		});
	}, 60_000);

	it('the Runware SDK makes two videos over its WebSocket', async () => {
		const videos = (await runware(`videoInference({
			model: 'minimax:4@1',
			positivePrompt: 'a lighthouse',
			width: 1366,
			height: 768,
			duration: 6,
			numberResults: 2,
			includeCost: true,
		})`)) as Array<{ videoURL: string; cost: number }>;
		expect(videos).toHaveLength(2);
		for (const { videoURL, cost } of videos) {
			expect(cost).toBe(0.28);
			const response = await fetch(videoURL);
			expect(response.headers.get('content-type')).toBe('video/mp4');
			await response.arrayBuffer();
		}
		expect(sandbox.charges('sk-runware')).toMatchObject([{ amount: 0.56, unit: 'USD' }]);
	}, 60_000);
});
