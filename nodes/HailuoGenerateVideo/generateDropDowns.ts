import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import type { Capability } from '../../video/capabilities';
import { list } from '../../video/list';
import { modeNames, modes } from '../../video/request';

/** The rows that the choices made so far leave; a choice by expression leaves all. */
function rows(
	context: ILoadOptionsFunctions,
	...chosen: readonly ('mode' | 'model')[]
): Capability[] {
	const value = (name: string) => String(context.getCurrentNodeParameter(name) ?? '');
	const isKnown = (name: string) => value(name) !== '' && !value(name).startsWith('=');
	const provider = findProvider(value('provider'));
	const all = provider ? provider.capabilities : providers.flatMap((one) => one.capabilities);
	return all.filter((row) => chosen.every((name) => !isKnown(name) || row[name] === value(name)));
}

function unique<T>(values: readonly T[]): T[] {
	return [...new Set(values)];
}

/** Drop-downs that the capability tables fill, each narrowed by the choices above it. */
export const dropDowns = {
	async getModes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = new Set(rows(this).map(({ mode }) => mode));
		return modes
			.filter((mode) => offered.has(mode))
			.map((mode) => ({ name: modeNames[mode], value: mode }));
	},

	async getModels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rows(this, 'mode');
		return unique(offered.map(({ model }) => model)).map((model) => ({
			name: model,
			value: model,
			description: summary(offered.filter((row) => row.model === model)),
		}));
	},

	async getResolutions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rows(this, 'mode', 'model');
		const outputs = offered.flatMap((row) => (row.takesOutput ? row.outputs : []));
		const defaults = unique(offered.map((row) => row.outputs[0].resolution));
		return [
			{ name: `Automatic (${list(defaults)})`, value: 'auto' },
			...unique(outputs.map(({ resolution }) => resolution)).map((resolution) => ({
				name: resolution,
				value: resolution,
			})),
		];
	},

	async getDurations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const resolution = String(this.getCurrentNodeParameter('resolution') ?? 'auto');
		const offered = rows(this, 'mode', 'model');
		const defaults = unique(offered.map(({ defaultDuration }) => defaultDuration));
		const outputs = offered.flatMap((row) => (row.takesOutput ? outputsAt(row, resolution) : []));
		const durations = unique(outputs.flatMap((output) => output.durations));
		return [
			{ name: `Automatic (${list(defaults)} Seconds)`, value: 0 },
			...durations
				.sort((one, other) => one - other)
				.map((seconds) => ({ name: `${seconds} Seconds`, value: seconds })),
		];
	},

	async getAspectRatios(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const offered = rows(this, 'mode', 'model').flatMap((row) => row.aspectRatios ?? []);
		return [
			{ name: 'Automatic', value: 'auto' },
			...unique(offered).map((ratio) => ({
				name: ratio === 'adaptive' ? 'Adaptive' : ratio,
				value: ratio,
			})),
		];
	},
};

function outputsAt(row: Capability, resolution: string) {
	if (resolution === 'auto' || resolution === '') return row.outputs.slice(0, 1);
	if (resolution.startsWith('=')) return row.outputs;
	return row.outputs.filter((output) => output.resolution === resolution);
}

function summary(offered: readonly Capability[]): string {
	return unique(
		offered.flatMap(({ outputs }) =>
			outputs.map(({ resolution, durations }) => {
				const [first] = durations;
				const last = durations[durations.length - 1];
				const seconds = durations.length > 2 ? `${first} to ${last}` : list(durations);
				return `${resolution}: ${seconds} s`;
			}),
		),
	).join(', ');
}
