import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { png } from '../sandbox/images';
import { binaryItem } from '../../harness/engine/runNode';
import { sandbox, submit } from './world';

/** One run of a node. */
export interface Run {
	readonly parameters: INodeParameters;
	readonly items?: INodeExecutionData[];
}

/** Parameters without and with the change, made anew for each run. */
export type Change = () => Promise<readonly [Run, Run]> | readonly [Run, Run];

const change =
	(base: INodeParameters, changed: INodeParameters, items?: INodeExecutionData[]): Change =>
	() => [
		{ parameters: base, items },
		{ parameters: { ...base, ...changed }, items },
	];

const picture = 'https://example.com/one.png';
const other = 'https://example.com/two.png';
const prompt = 'A paper boat';
const quick = { prompt: '{{sandbox seconds=1}} A paper boat' };
const slow = { prompt: '{{sandbox seconds=120}} A paper boat', downloadVideo: false };
const sixItems = Array.from({ length: 6 }, () => ({ json: {} }));

/** A video in the task table that was billed in credits. */
async function billInCredits() {
	await submit('apiframe', prompt, { recordTask: true });
	sandbox.clearRequests();
}

const files = [
	{
		json: {},
		binary: {
			...binaryItem(png(640, 480), 'one.png', 'image/png', 'data').binary,
			...binaryItem(png(800, 600), 'two.png', 'image/png', 'other').binary,
		},
	},
];

/** Seen in the request that a dry run shows. */
const dry = (
	base: INodeParameters,
	changed: INodeParameters,
	items?: INodeExecutionData[],
): Change => change({ prompt, options: { dryRun: true }, ...base }, changed, items);

const option = (value: INodeParameters, provider = 'minimax'): Change =>
	dry({ provider }, { options: { dryRun: true, ...value } });

const frame = (name: string, mode: string, model: string, more: INodeParameters = {}) => ({
	[`${name}Source`]: dry(
		{ mode, model, ...more, [`${name}Url`]: picture },
		{ [`${name}Source`]: 'binary' },
		files,
	),
	[`${name}Url`]: dry({ mode, model, ...more, [`${name}Url`]: picture }, { [`${name}Url`]: other }),
	[`${name}BinaryField`]: dry(
		{ mode, model, ...more, [`${name}Source`]: 'binary', [`${name}BinaryField`]: 'data' },
		{ [`${name}BinaryField`]: 'other' },
		files,
	),
});

const h3 = { model: 'MiniMax-H3', mode: 'referenceToVideo' };
const reference = (changed: INodeParameters, base: INodeParameters = {}): Change =>
	dry(
		{ ...h3, references: { items: [{ kind: 'image', source: 'url', url: picture, ...base }] } },
		{
			references: {
				items: [{ kind: 'image', source: 'url', url: picture, ...base, ...changed }],
			},
		},
		files,
	);

const columns = (base: INodeParameters, one: INodeParameters, two: INodeParameters) => {
	const withColumn = (changed: INodeParameters) => ({
		taskTable: { columns: { items: [{ name: 'campaign', value: 'spring', ...changed }] } },
	});
	return change({ ...base, recordTask: true, ...withColumn(one) }, withColumn(two));
};

/** Fields that every node has that makes videos, with what makes one quickly and slowly. */
const making = (fast: INodeParameters, long: INodeParameters): Record<string, Change> => ({
	waitForCompletion: change(fast, { waitForCompletion: false }),
	'wait.timeoutMinutes': change(long, { wait: { timeoutMinutes: 0.5 } }),
	'wait.pollIntervalSeconds': change(long, { wait: { pollIntervalSeconds: 60 } }),
	'wait.onTimeout': change(
		{ ...long, wait: { timeoutMinutes: 0.1 } },
		{ wait: { timeoutMinutes: 0.1, onTimeout: 'returnPending' } },
	),
	downloadVideo: change(fast, { downloadVideo: false }),
	'download.binaryField': change(fast, { download: { binaryField: 'film' } }),
	'download.fileName': change(fast, { download: { fileName: 'boat' } }),
	'download.maxSizeMb': change(fast, { download: { maxSizeMb: 0.001 } }),
	recordTask: change(fast, { recordTask: true }),
	'taskTable.name': change({ ...fast, recordTask: true }, { taskTable: { name: 'Films' } }),
	'taskTable.orderKey': change(
		{ ...fast, recordTask: true, waitForCompletion: false },
		{ taskTable: { orderKey: 'sku-1' } },
	),
	'taskTable.budget': change({ ...fast, recordTask: true }, { taskTable: { budget: 0.01 } }),
	'taskTable.budgetPeriod': change(
		{ ...fast, recordTask: true, taskTable: { budget: 0.01 } },
		{ taskTable: { budget: 0.01, budgetPeriod: 'day' } },
	),
	'taskTable.budgetScope': change(
		{ ...fast, recordTask: true, taskTable: { budget: 0.01 } },
		{ taskTable: { budget: 0.01, budgetScope: 'label' } },
	),
	'taskTable.creditPrice': async () => {
		await billInCredits();
		const base = { ...fast, recordTask: true, taskTable: { budget: 9 } };
		return await change(base, { taskTable: { budget: 9, creditPrice: 0.01 } })();
	},
	'taskTable.columns.name': columns(fast, { name: 'campaign' }, { name: 'project' }),
	'taskTable.columns.value': columns(fast, { value: 'spring' }, { value: 'autumn' }),
	'taskTable.label': change({ ...fast, recordTask: true }, { taskTable: { label: 'spring' } }),
	'options.callbackUrl': change(
		{ ...fast, options: { dryRun: true } },
		{ options: { dryRun: true, callbackUrl: 'https://example.com/hook' } },
	),
	'options.concurrency': change(
		{ ...fast, waitForCompletion: false },
		{ options: { concurrency: 1 } },
		sixItems,
	),
	'options.dryRun': change(fast, { options: { dryRun: true } }),
	'options.includeInputFields': change(
		{ ...fast, waitForCompletion: false },
		{ options: { includeInputFields: true } },
		[{ json: { sku: 'boat' } }],
	),
	'options.maxCost': change({ ...fast, waitForCompletion: false }, { options: { maxCost: 0.01 } }),
	'options.simplify': change({ ...fast, downloadVideo: false }, { options: { simplify: false } }),
});

const failing = {
	prompt: '{{sandbox seconds=1 fail=1033}} A paper boat',
	fallbackProviders: { items: [{ provider: 'runware' }] },
};

export const generate: Record<string, Change> = {
	...making(quick, slow),
	provider: dry({}, { provider: 'runware' }),
	mode: dry({ firstFrameUrl: picture }, { mode: 'imageToVideo' }),
	model: dry({}, { model: 'MiniMax-Hailuo-02' }),
	prompt: dry({}, { prompt: 'A kite' }),
	'cameraMovements.movements': dry(
		{ cameraMovements: { steps: [{ movements: ['pushIn'] }] } },
		{ cameraMovements: { steps: [{ movements: ['panLeft'] }] } },
	),
	...frame('firstFrame', 'imageToVideo', 'MiniMax-Hailuo-2.3'),
	...frame('lastFrame', 'firstLastFrame', 'MiniMax-Hailuo-02', { firstFrameUrl: picture }),
	...frame('subject', 'subjectReference', 'S2V-01'),
	'references.kind': reference({ kind: 'video' }),
	'references.source': reference({ source: 'binary' }),
	'references.url': reference({ url: other }),
	'references.binaryField': reference({ binaryField: 'other' }, { source: 'binary' }),
	'fallbackProviders.provider': dry(
		{ fallbackProviders: { items: [{ provider: 'runware' }] } },
		{ fallbackProviders: { items: [{ provider: 'apiframe' }] } },
	),
	fallbackWhen: change(failing, { fallbackWhen: ['refused', 'failed'] }),
	'options.fallbackAfterMinutes': change(failing, { options: { fallbackAfterMinutes: 0 } }),
	resolution: dry({}, { resolution: '1080P' }),
	duration: dry({}, { duration: 10 }),
	aspectRatio: dry({ model: 'MiniMax-H3' }, { aspectRatio: '9:16' }),
	'options.promptOptimizer': option({ promptOptimizer: 'off' }),
	'options.fastPretreatment': option({ fastPretreatment: true }),
	'options.aigcWatermark': option({ aigcWatermark: true }),
	'options.fps': option({ fps: 25 }, 'runware'),
	'options.includeCost': option({ includeCost: false }, 'runware'),
	'options.ttl': option({ ttl: 600 }, 'runware'),
	'options.numberResults': option({ numberResults: 2 }, 'runware'),
	'options.outputFormat': option({ outputFormat: 'WEBM' }, 'runware'),
	'options.outputQuality': option({ outputQuality: 50 }, 'runware'),
	'options.safetyMode': option({ safetyMode: 'full' }, 'runware'),
	'options.uploadEndpoint': option({ uploadEndpoint: 'https://example.com/put' }, 'runware'),
};

const dog = '392747428568649728';
const template = {
	template: { __rl: true, mode: 'id', value: dog },
	images: { items: [{ source: 'url', url: picture }] },
};
const image = (changed: INodeParameters, base: INodeParameters = {}): Change =>
	change(
		{ ...template, options: { dryRun: true }, images: { items: [{ url: picture, ...base }] } },
		{ images: { items: [{ url: picture, ...base, ...changed }] } },
		files,
	);
const beast = (value: string) => ({ texts: { items: [{ value }] } });
const beasts = { template: { __rl: true, mode: 'id', value: '394514820878671878' } };

export const templateVideo: Record<string, Change> = {
	...making(template, { ...beasts, ...beast('{{sandbox seconds=120}}'), downloadVideo: false }),
	template: change(
		{ ...template, options: { dryRun: true } },
		{ template: { __rl: true, mode: 'id', value: '393881433990066176' } },
	),
	'images.source': image({ source: 'binary' }),
	'images.url': image({ url: other }),
	'images.binaryField': image({ binaryField: 'other' }, { source: 'binary' }),
	'texts.value': change(
		{ ...beasts, ...beast('a lion'), options: { dryRun: true } },
		beast('a newt'),
	),
};
