import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import { automaticModel, type Capability, type Output } from '../../video/capabilities';
import { list } from '../../video/list';
import { type Mode, modes } from '../../video/request';
import { isAutomatic } from '../shared/formValues';
import { priceText } from './priceText';
import { modeChoices } from './modeChoices';
import { modelWords } from './modelWords';

type Choice = 'provider' | 'mode' | 'model' | 'resolution';

/** What the form holds; undefined for an expression, also for one that has no result before a run. */
function chosen(context: ILoadOptionsFunctions, name: Choice): string | undefined {
	const value = context.getCurrentNodeParameter(name);
	const text = value === null || value === undefined ? '' : String(value);
	return text === '' || text.startsWith('=') ? undefined : text;
}

function vendors(context: ILoadOptionsFunctions) {
	const provider = findProvider(chosen(context, 'provider') ?? '');
	return provider ? [provider] : providers;
}

/** The rows that provider and mode leave. */
function rowsInMode(context: ILoadOptionsFunctions): Capability[] {
	const mode = chosen(context, 'mode');
	return vendors(context).flatMap(({ capabilities }) =>
		capabilities.filter((row) => mode === undefined || row.mode === mode),
	);
}

/** Those of the chosen model too. */
function rowsOfModel(context: ILoadOptionsFunctions): Capability[] {
	const model = chosen(context, 'model');
	if (model === undefined) return rowsInMode(context);
	if (!isAutomatic(model)) return rowsInMode(context).filter((row) => row.model === model);
	return vendors(context).flatMap(({ capabilities }) => {
		const isChosen = (row: Capability) => row.model === automaticModel(capabilities, row.mode);
		return capabilities.filter((row) => rowsInMode(context).includes(row) && isChosen(row));
	});
}

function unique<T>(values: readonly T[]): T[] {
	return [...new Set(values)];
}

/** “Automatic” with what it stands for, where that is one thing or two. */
function automatic(stands: readonly (string | number)[], unit = ''): string {
	const known = unique(stands);
	return known.length === 0 || known.length > 2 ? 'Automatic' : `Automatic (${list(known)}${unit})`;
}

/** Drop-downs that the capability tables fill, each narrowed by the choices above it. */
export const dropDowns = {
	async getModes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = new Set(
			vendors(this).flatMap(({ capabilities }) => capabilities.map(({ mode }) => mode)),
		);
		return modeChoices.filter(({ value }) => offered.has(value));
	},

	async getModels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rowsInMode(this);
		const mode = chosen(this, 'mode') as Mode | undefined;
		const usual = (mode === undefined ? modes : [mode]).flatMap((one) =>
			vendors(this).flatMap(({ capabilities }) => automaticModel(capabilities, one) ?? []),
		);
		return [
			{
				name: automatic(usual),
				value: 'auto',
				description: 'The best-known model of the vendor for the mode',
			},
			...inListOrder(unique(offered.map(({ model }) => model))).map((model) => ({
				name: model,
				value: model,
				description: modelText(
					model,
					offered.filter((row) => row.model === model),
				),
			})),
		];
	},

	async getResolutions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rowsOfModel(this);
		const outputs = offered.flatMap((row) => (row.takesOutput ? row.outputs : []));
		return [
			{
				name: automatic(offered.map((row) => row.outputs[0].resolution)),
				value: 'auto',
				description: outputText(offered.map((row) => row.outputs[0])),
			},
			...unique(outputs.map(({ resolution }) => resolution)).map((resolution) => ({
				name: resolution,
				value: resolution,
				description: outputText(outputs.filter((output) => output.resolution === resolution)),
			})),
		];
	},

	async getDurations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rowsOfModel(this);
		const outputs = offered.flatMap((row) =>
			row.takesOutput ? outputsAt(row, chosen(this, 'resolution')) : [],
		);
		const durations = unique(outputs.flatMap((output) => output.durations));
		const usual = unique(offered.map((row) => row.defaultDuration));
		return [
			{ name: automatic(usual, ' Seconds'), value: 0, description: priceText(outputs, usual) },
			...durations
				.sort((one, other) => one - other)
				.map((seconds) => ({
					name: `${seconds} Seconds`,
					value: seconds,
					description: priceText(outputs, [seconds]),
				})),
		];
	},

	async getAspectRatios(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rowsOfModel(this).flatMap((row) => row.aspectRatios ?? []);
		return [
			{
				name: 'Automatic',
				value: 'auto',
				description:
					offered.length > 0
						? '16:9 for text to video, else the ratio of the first picture'
						: 'What the model makes. For vertical 9:16 and others choose a MiniMax-H3 model.',
			},
			...unique(offered).map((ratio) => ({
				name: ratio === 'adaptive' ? 'Adaptive' : ratio,
				value: ratio,
				...(ratio in ratioWords && { description: ratioWords[ratio] }),
			})),
		];
	},
};

const ratioWords: Readonly<Record<string, string>> = {
	'9:16': 'Vertical: Reels, Shorts, TikTok',
	'16:9': 'Wide: YouTube, screens',
	'1:1': 'Square: feeds',
};

function outputsAt(row: Capability, resolution: string | undefined): readonly Output[] {
	if (resolution === undefined) return row.outputs;
	if (isAutomatic(resolution)) return row.outputs.slice(0, 1);
	return row.outputs.filter((output) => output.resolution === resolution);
}

/** The newest and usual ones first; what there are no words for comes last. */
function inListOrder(models: readonly string[]): string[] {
	const known = Object.keys(modelWords).filter((model) => models.includes(model));
	return unique([...known, ...models]);
}

function modelText(model: string, offered: readonly Capability[]): string {
	const outputs = offered.flatMap((row) => row.outputs);
	const resolutions = list(unique(outputs.map(({ resolution }) => resolution)));
	const words = modelWords[model];
	return `${words ? `${words}. ` : ''}${resolutions}, ${outputText(outputs)}`;
}

/** Lengths and prices, e.g. “6 or 10 s, $0.28 to $0.56”. */
function outputText(outputs: readonly Output[]): string {
	const durations = unique(outputs.flatMap((output) => output.durations));
	const sorted = durations.sort((one, other) => one - other);
	const [first] = sorted;
	const last = sorted[sorted.length - 1];
	const seconds = sorted.length > 2 ? `${first} to ${last} s` : `${list(sorted)} s`;
	return [seconds, priceText(outputs, sorted)].filter(Boolean).join(', ');
}
