import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';
import { settingLabels } from '../../video/capabilities';
import { list } from '../../video/list';
import type { Provider } from '../../video/provider';
import { type SettingName, type Settings, settingsSchema } from '../../video/request';
import { asNumber, asSwitch, notUsable } from './formValues';

const namesOf = (test: (provider: Provider) => boolean) =>
	list(
		providers.filter(test).map(({ name }) => name),
		'and',
	);

const creditVendors = namesOf(({ capabilities }) =>
	capabilities.some(({ outputs }) => outputs.some(({ price }) => price?.unit === 'credits')),
);

const optimizing = (isOn: boolean) => namesOf(({ optimizesPrompts }) => optimizesPrompts === isOn);

/** How the node runs, whatever it makes. */
export const runOptions = {
	maxCost: {
		displayName: 'Maximum Cost',
		name: 'maxCost',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 0,
		description: `Refuse to send anything when all items of this run together would cost more by the price list, in the unit of the vendor (USD, or credits at ${creditVendors}). 0 means no limit.`,
	},
	dryRun: {
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		// Who adds it wants it; without it a run is not dry.
		default: true,
		description: 'Whether to show the request and the estimated cost without sending anything',
	},
	concurrency: {
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 5,
		description:
			'How many requests may be on the way at the same time. All items are submitted first and waited for together.',
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		// Who adds it wants it.
		default: true,
		description:
			'Whether the fields of the input item go along into the output item. The fields of the task win: what is called like one of them stays behind, and so do files.',
	},
	simplify: {
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
} satisfies Record<string, INodeProperties>;

type SettingField = Omit<INodeProperties, 'displayName' | 'name' | 'displayOptions'>;

/** What a vendor can be asked for beside the video itself. */
const settingFields: Readonly<Record<SettingName, SettingField>> = {
	promptOptimizer: {
		type: 'options',
		options: [
			{
				name: 'Vendor Default',
				value: 'vendor',
				description: `On at ${optimizing(true)}, off at ${optimizing(false)}`,
			},
			{ name: 'On', value: 'on' },
			{ name: 'Off', value: 'off' },
		],
		default: 'vendor',
		description: 'Whether the vendor may rewrite the prompt for a better video',
	},
	fastPretreatment: {
		type: 'boolean',
		default: false,
		description: 'Whether to shorten the step of the prompt optimizer',
	},
	aigcWatermark: {
		type: 'boolean',
		default: false,
		description: 'Whether to put a watermark for generated content into the video',
	},
	callbackUrl: {
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/hailuo',
		description:
			'A public address that the vendor calls when the task changes, e.g. the Production URL of Hailuo Callback Trigger',
	},
	outputFormat: {
		type: 'options',
		options: [
			{ name: 'MP4', value: 'MP4' },
			{ name: 'WebM', value: 'WEBM' },
			{ name: 'MOV', value: 'MOV' },
		],
		default: 'MP4',
		description: 'The format of the video file',
	},
	outputQuality: {
		type: 'number',
		typeOptions: { minValue: 20, maxValue: 99 },
		default: 95,
		description: 'Compression quality from 20 to 99. Higher is better and larger.',
	},
	numberResults: {
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 4 },
		default: 1,
		description: 'How many videos to make of one prompt, 1 to 4. Each one is paid for.',
	},
	fps: {
		type: 'options',
		options: [{ name: '25', value: 25 }],
		default: 25,
		description: 'The frame rate to ask for',
	},
	ttl: {
		type: 'number',
		typeOptions: { minValue: 60 },
		default: 86400,
		description: 'Seconds that the vendor keeps the video, at least 60',
	},
	safetyMode: {
		type: 'options',
		options: [
			{ name: 'None', value: 'none' },
			{ name: 'Fast', value: 'fast', description: 'Check key frames' },
			{ name: 'Full', value: 'full', description: 'Check every frame' },
		],
		default: 'none',
		description: 'How the vendor checks the content of the video',
	},
	uploadEndpoint: {
		type: 'string',
		default: '',
		placeholder: 'e.g. https://bucket.example.com/video.mp4?signature=...',
		description: 'An address that the vendor puts the finished video to, e.g. a pre-signed one',
	},
	includeCost: {
		type: 'boolean',
		default: true,
		description: 'Whether to ask the vendor for what the video has cost',
	},
};

const settingNames = Object.keys(settingFields) as SettingName[];

export const settingOption = (name: SettingName): INodeProperties => ({
	displayName: settingLabels[name],
	name,
	...settingFields[name],
});

/** Each setting, shown for the vendors that have it in at least one model; not where none has. */
const offeredSettings = settingNames.flatMap((name): INodeProperties[] => {
	const offering = providers.filter(({ capabilities }) =>
		capabilities.some(({ settings }) => settings.includes(name)),
	);
	if (offering.length === 0) return [];
	if (offering.length === providers.length) return [settingOption(name)];
	const show = { '/provider': offering.map(({ id }) => id) };
	return [{ ...settingOption(name), displayOptions: { show } }];
});

const fallbackAfter: INodeProperties = {
	displayName: 'Fallback After (Minutes)',
	name: 'fallbackAfterMinutes',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 5,
	description:
		'How long a vendor may be too busy or unreachable before the next of the Fallback Providers is asked. The last one gets the Timeout.',
};

const byName = (one: INodeProperties, other: INodeProperties) =>
	one.displayName.localeCompare(other.displayName);

export const generateOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description: 'What the vendor can be asked for beside the video, and how the node runs',
	options: [...offeredSettings, fallbackAfter, ...Object.values(runOptions)].sort(byName),
};

/** What an expression may give is brought to the type of the setting; undefined is refused. */
interface SettingReader {
	readonly read: (value: unknown) => unknown;
	/** What to enter instead of nonsense. */
	readonly advice: string;
	/** Values of the field that leave the setting to the vendor. */
	readonly unset?: readonly unknown[];
}

const onOrOff: SettingReader = { read: asSwitch, advice: 'Use true or false.' };

const address: SettingReader = {
	read: (value) => {
		const text = typeof value === 'string' ? value.trim() : '';
		return /^https?:\/\//i.test(text) ? text : undefined;
	},
	advice: 'Enter an address that begins with https://.',
	unset: ['', null, undefined],
};

const settingReaders: Readonly<Record<SettingName, SettingReader>> = {
	promptOptimizer: {
		read: asSwitch,
		advice: 'Choose Vendor Default, On or Off.',
		unset: ['vendor'],
	},
	fastPretreatment: onOrOff,
	aigcWatermark: onOrOff,
	callbackUrl: address,
	outputFormat: {
		read: (value) => (typeof value === 'string' ? value.trim().toUpperCase() : undefined),
		advice: 'Choose MP4, WebM or MOV.',
	},
	outputQuality: { read: asNumber, advice: 'Enter a whole number from 20 to 99.' },
	numberResults: { read: asNumber, advice: 'Enter 1 to 4.' },
	fps: { read: asNumber, advice: 'Choose 25.' },
	ttl: { read: asNumber, advice: 'Enter a number of seconds, at least 60.' },
	safetyMode: {
		read: (value) => (typeof value === 'string' ? value.trim().toLowerCase() : undefined),
		advice: 'Choose None, Fast or Full.',
	},
	uploadEndpoint: address,
	includeCost: onOrOff,
};

/** The wishes among the options: only what the person has added. Throws InputError. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings {
	const chosen = settingNames
		.filter((name) => name in options && !settingReaders[name].unset?.includes(options[name]))
		.map((name) => [name, readSetting(name, options[name])]);
	return Object.fromEntries(chosen) as Settings;
}

function readSetting(name: SettingName, value: unknown): unknown {
	const { read, advice } = settingReaders[name];
	const result = settingsSchema.shape[name].unwrap().safeParse(read(value));
	if (!result.success) throw notUsable(settingLabels[name], value, advice);
	return result.data;
}
