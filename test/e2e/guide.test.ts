import { nearestClip } from '../../sandbox/clips';
import { readExample, saveCredentials } from '../../harness/n8n/examples';
import type { Workflow } from '../../harness/n8n/home';
import { readMp4 } from '../support/mp4';
import { OutsideServices } from './outside/services';
import { sharedN8n } from './shared';
import { askEverySecond, atNoon, itemsOf, parametersOf, until } from '../../harness/n8n/workflows';
import { credentials, sandbox, session, useWorld } from './world';

/** The examples of docs/guide.md, as people import them, up to the services that they hand videos to. */
jest.setTimeout(240_000);

const tableName = `Guide ${Date.now()}`;
const reviewer = '123456789';
const channel = '@your_channel';

useWorld({ secondsPerTask: 1 });

let services: OutsideServices;

beforeAll(async () => {
	services = await OutsideServices.open(sharedN8n().userFolder);
	const name = `Stand-in ${sandbox.port}`;
	const accounts = services.all.map(({ credential }) => ({ ...credential, name }));
	Object.assign(credentials, await saveCredentials(session, ...accounts));
});

afterAll(async () => await services.close());

/** Imports an example, which keeps its tasks in the table of this file; gives its ID. */
async function save(name: string, change: (workflow: Workflow) => void = () => undefined) {
	const workflow = readExample(name, credentials);
	for (const { type, parameters } of workflow.nodes) {
		if (type === 'n8n-nodes-hailuo.hailuoTrigger') parameters.taskTableName = tableName;
		if (parameters.recordTask) Object.assign(parameters.taskTable as object, { name: tableName });
	}
	askEverySecond(workflow);
	atNoon(workflow);
	change(workflow);
	return await session.createWorkflow(workflow);
}

async function ended(executionId: string) {
	const execution = await session.waitForExecution(executionId);
	expect(execution.data.resultData.error?.message).toBeUndefined();
	return execution;
}

const run = async (id: string) => await ended(await session.startWorkflow(id));

/** Starts a workflow with the newest finished video, as the editor's button does. */
const react = async (id: string) => await session.startWorkflow(id, 'Hailuo Trigger');

const charges = () => sandbox.charges().filter(({ kind }) => kind === 'charge').length;

/** The file is the vertical video. */
function expectVertical(file: Buffer) {
	const { width, height } = readMp4(file);
	expect(width / height).toBeCloseTo(9 / 16, 1);
}

describe('a vertical video', () => {
	let taskRef: unknown;

	beforeAll(async () => {
		const ordered = itemsOf(await run(await save('vertical-video')), 'Generate Video');
		expect(ordered).toMatchObject([{ json: { status: 'queued' } }]);
		({ taskRef } = ordered[0].json);
		const [{ body }] = sandbox.requests({ vendor: 'minimax', step: 'create' });
		expect(body).toMatchObject({ model: 'MiniMax-H3', ratio: '9:16' });
		await until('a finished video', async () =>
			sandbox.tasks().every(({ phase }) => phase === 'succeeded'),
		);
	});

	test('examples/save-to-drive.json', async () => {
		await ended(await react(await save('save-to-drive')));
		const [{ about, type, file }] = services.drive.uploads.done;
		expect(about).toMatchObject({
			name: expect.stringMatching(/^\d{4}-\d\d-\d\d \w.*\.mp4$/),
			parents: ['your-folder'],
		});
		expect(type).toBe('video/mp4');
		expectVertical(file);
	});

	test('examples/save-to-s3.json', async () => {
		await ended(await react(await save('save-to-s3')));
		const [[path, { type, file }]] = services.s3.objects;
		expect(path).toMatch(/^your-bucket\/hailuo\/\d{4}-\d\d\/.+\.mp4$/);
		expect(type).toBe('video/mp4');
		expectVertical(file);
	});

	test('examples/post-to-youtube.json', async () => {
		await ended(await react(await save('post-to-youtube')));
		const [{ about, file }] = services.youTube.uploads.done;
		expect(about).toMatchObject({
			snippet: { title: expect.stringMatching(/^A barista/), categoryId: '22' },
			status: { privacyStatus: 'private' },
		});
		expectVertical(file);
	});

	test('examples/post-to-instagram.json: waits until Instagram has looked at it', async () => {
		const workflow = await save('post-to-instagram', (example) => {
			parametersOf(example, 'Wait').amount = 1;
		});
		const execution = await ended(await react(workflow));
		expect(itemsOf(execution, 'Wait')).toHaveLength(1);
		const [{ account, media_type: kind, video_url: url, caption }] = services.instagram.published;
		expect({ account, kind }).toEqual({ account: '17840000000000000', kind: 'REELS' });
		expect(caption).toMatch(/^A barista/);
		const video = await fetch(String(url));
		expectVertical(Buffer.from(await video.arrayBuffer()));
	});

	test('examples/post-to-tiktok.json', async () => {
		await ended(await react(await save('post-to-tiktok')));
		const [{ about, file }] = services.tikTok.posted;
		expect(about).toMatchObject({
			title: expect.stringMatching(/^A barista/),
			privacy_level: 'SELF_ONLY',
		});
		expectVertical(file);
	});

	test('examples/approval.json: asks about one after the other, publishes what is approved', async () => {
		const { bytes } = nearestClip({ width: 768, height: 1344, seconds: 5 });
		const file = { mimeType: 'video/mp4', fileName: 'clip.mp4' };
		const binary = { data: { ...file, data: bytes.toString('base64') } };
		const events = [
			{ json: { taskRef: 'minimax:v2:1', prompt: 'Refused' }, binary },
			{ json: { taskRef, prompt: 'Approved' }, binary },
		];
		const workflow = await save('approval', (example) => {
			example.pinData = { 'Hailuo Trigger': events };
		});
		const execution = await react(workflow);
		const { telegram } = services;
		const answers = [
			['Refused', 'Leave it'],
			['Approved', 'Publish'],
		];
		for (const [index, [caption, answer]] of answers.entries()) {
			const [shown, question] = await until('a question', async () => {
				const messages = telegram.to(reviewer).slice(2 * index);
				return messages.length === 2 ? messages : undefined;
			});
			expect(telegram.to(channel)).toEqual([]);
			expect(shown.caption).toBe(caption);
			expectVertical(shown.video as Buffer);
			await press(question, answer);
		}
		await ended(execution);
		const posted = telegram.to(channel);
		expect(posted).toHaveLength(1);
		expectVertical(posted[0].video as Buffer);
	});

	test('nothing of this has ordered another video', () => expect(charges()).toBe(1));
});

/** Opens the address behind a button of a Telegram message, as a browser does. */
async function press({ reply_markup: markup }: Record<string, unknown>, label: string) {
	const keyboard = typeof markup === 'string' ? (JSON.parse(markup) as unknown) : markup;
	const { inline_keyboard: rows } = keyboard as {
		inline_keyboard: Array<Array<{ text: string; url: string }>>;
	};
	const button = rows.flat().find(({ text }) => text === label);
	const { ok, status } = await fetch(button?.url ?? '', {
		headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
	});
	if (!ok) throw new Error(`n8n answered ${status} to the button ${label}.`);
}

test('examples/catalogue-sheet.json: each row is ordered once, and gets what became of it', async () => {
	const before = charges();
	const { sheets } = services;
	const picture = 'https://example.com/lamp.jpg';
	sheets.title = 'Products';
	sheets.cells = [
		['ID', 'Prompt', 'Picture', 'Task', 'Status', 'Video'],
		['lamp', 'The lamp is switched on', picture],
		['rug', 'The rug unrolls', 'rug.jpg'],
		['chair', 'The camera circles the chair', picture],
		['vase', 'Flowers open', picture, 'minimax:v1:1', 'completed', picture],
	];
	const workflow = await save('catalogue-sheet');
	await run(workflow);
	expect(charges()).toBe(before + 2);
	const [lamp, rug, chair, vase] = sheets.rows;
	expect(lamp).toMatchObject({ Task: expect.stringMatching(/^minimax:v1:/), Status: 'ordered' });
	expect(chair).toMatchObject({ Task: expect.stringMatching(/^minimax:v1:/), Status: 'ordered' });
	expect(rug).toMatchObject({ Task: '', Status: expect.stringMatching(/First Frame/) });
	expect(vase).toMatchObject({ Task: 'minimax:v1:1', Status: 'completed' });

	// As if n8n had crashed before it wrote the row.
	sheets.cells[1][3] = '';
	await run(workflow);
	expect(charges()).toBe(before + 2);
	expect(sheets.rows[0]).toEqual(lamp);

	await until('a finished video', async () =>
		sandbox.tasks().every(({ phase }) => phase === 'succeeded'),
	);
	const [{ json: event }] = itemsOf(await ended(await react(workflow)), 'Hailuo Trigger');
	const finished = { Status: 'completed', Video: event.videoUrl };
	expect(finished.Video).toMatch(/^http/);
	expect(sheets.rows).toEqual(
		[lamp, rug, chair, vase].map((row) =>
			row.Task === event.taskRef ? { ...row, ...finished } : row,
		),
	);
});

test('examples/daily-clip.json: one clip a day, and none over the budget', async () => {
	const before = charges();
	const posts = services.telegram.to(channel).length;
	const workflow = await save('daily-clip');
	for (let runs = 0; runs < 2; runs++) await run(workflow);
	expect(charges()).toBe(before + 1);
	const posted = services.telegram.to(channel).slice(posts);
	expect(posted).toHaveLength(2);
	for (const { video } of posted)
		expect(readMp4(video as Buffer).durationSeconds).toBeCloseTo(6, 0);

	const another = await save('daily-clip', (example) => {
		const { taskTable } = parametersOf(example, 'Generate Video');
		Object.assign(taskTable as object, { orderKey: 'one more', budget: 0.5 });
	});
	await run(another);
	expect(services.telegram.to(reviewer).at(-1)).toMatchObject({
		text: expect.stringMatching(/more than is left of the Budget of this month/),
	});
	expect(charges()).toBe(before + 1);
});
