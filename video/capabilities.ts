import { InputError } from './failure';
import type { ImageRules, Media, MediaKind } from './media';
import { list } from './list';
import { brokenImageRule, brokenLinkRule } from './media';
import type { Mode, SettingName, VideoRequest } from './request';
import { modeNames } from './request';
import { characterCount, quoted } from './text';

/** What a vendor asks for a video. Money in `unit`. */
export type Price =
	| { readonly unit: 'USD' | 'credits'; readonly perVideo: Readonly<Record<number, number>> }
	| {
			readonly unit: 'USD' | 'credits';
			readonly perSecond: number;
			/** The first `free` images cost nothing, each further one `each`. */
			readonly images?: { readonly free: number; readonly each: number };
			/** Of the videos among the references, whose length nobody knows before sending. */
			readonly perReferenceVideoSecond?: number;
	  };

/** One resolution that a model makes. */
export interface Output {
	readonly resolution: string;
	/** Seconds. */
	readonly durations: readonly number[];
	readonly price?: Price;
	/** Seconds until a task is usually done; before `earliest` it has not been seen done. */
	readonly ready: { readonly earliest: number; readonly typical: number };
}

export const usd = (perVideo: Record<number, number>): Price => ({ unit: 'USD', perVideo });

export const credits = (perVideo: Record<number, number>): Price => ({ unit: 'credits', perVideo });

/** Makes the outputs of a vendor at which a resolution takes the same time with every model. */
export const outputsWith =
	<Resolution extends string>(ready: Readonly<Record<Resolution, Output['ready']>>) =>
	(resolution: Resolution, durations: readonly number[], price?: Price): Output => ({
		resolution,
		durations,
		ready: ready[resolution],
		...(price && { price }),
	});

export interface ReferenceLimits {
	readonly image: number;
	readonly video: number;
	readonly audio: number;
	readonly total: number;
	/** Sound alone is refused. */
	readonly audioNeedsPicture: boolean;
}

/**
 * One row of a provider's capability table: what one model does in one mode. The form's
 * drop-downs, the check before sending, the dry run and docs/models.md all come from these rows.
 */
export interface Capability {
	readonly mode: Mode;
	readonly model: string;
	/** The first is what the vendor takes when none is named. */
	readonly outputs: readonly Output[];
	/** Seconds, what the vendor takes when none is named. */
	readonly defaultDuration: number;
	/** False where the vendor refuses the fields themselves (S2V-01). */
	readonly takesOutput: boolean;
	readonly prompt: { readonly maxLength: number; readonly required: boolean };
	/** First frame, last frame and subject are required where named. */
	readonly frames: readonly ('firstFrame' | 'lastFrame' | 'subject')[];
	readonly references?: ReferenceLimits;
	/** The first is the vendor's default. */
	readonly aspectRatios?: readonly string[];
	readonly imageRules?: ImageRules;
	/** Whether the documented camera directives work in its prompts. */
	readonly camera: boolean;
	readonly settings: readonly SettingName[];
	/** Where vendor pages contradict each other: which reading this row follows. */
	readonly note?: string;
}

/** The pictures that a mode begins from, the same at every vendor. */
export const framesOf: Readonly<Record<Mode, Capability['frames']>> = {
	textToVideo: [],
	imageToVideo: ['firstFrame'],
	firstLastFrame: ['firstFrame', 'lastFrame'],
	subjectReference: ['subject'],
	referenceToVideo: [],
};

/** Names of the form's fields, as the sentences of a check quote them. */
const labels = {
	firstFrame: 'First Frame',
	lastFrame: 'Last Frame',
	subject: 'Subject',
} as const;

export const settingLabels: Readonly<Record<SettingName, string>> = {
	promptOptimizer: 'Prompt Optimizer',
	fastPretreatment: 'Fast Pretreatment',
	aigcWatermark: 'AIGC Watermark',
	callbackUrl: 'Callback URL',
	outputFormat: 'Output Format',
	outputQuality: 'Output Quality',
	numberResults: 'Number of Results',
	fps: 'Frames per Second',
	ttl: 'Keep Video For',
	safetyMode: 'Safety Mode',
	uploadEndpoint: 'Upload Endpoint',
	includeCost: 'Include Cost',
};

export interface CheckedRequest {
	readonly request: VideoRequest;
	/** Absent for a model that the table does not know. */
	readonly capability?: Capability;
	/** Sentences for the person; nothing in them keeps the request from being sent. */
	readonly hints: readonly string[];
}

/**
 * Holds a request against the table before anything is sent. Throws InputError with what is
 * allowed. A model that the table does not know passes with a hint: vendors add models faster
 * than we release.
 */
export function check(
	table: readonly Capability[],
	request: VideoRequest,
	vendor: string,
): CheckedRequest {
	const inMode = table.filter(({ mode }) => mode === request.mode);
	if (inMode.length === 0) {
		const offered = [...new Set(table.map(({ mode }) => modeNames[mode]))];
		throw new InputError(
			`${vendor} does not offer Mode ${modeNames[request.mode]}`,
			`Choose ${list(offered)}, or another Provider.`,
		);
	}
	const capability = inMode.find(({ model }) => model === request.model);
	if (!capability) return unknownModel(table, inMode, request, vendor);
	checkPrompt(capability, request);
	checkFrames(capability, request);
	checkReferences(capability, request);
	checkOutput(capability, request);
	checkAspectRatio(capability, request);
	return { ...withoutUnknown(capability, request, vendor), capability };
}

function unknownModel(
	table: readonly Capability[],
	inMode: readonly Capability[],
	request: VideoRequest,
	vendor: string,
): CheckedRequest {
	const otherModes = table.filter(({ model }) => model === request.model);
	if (otherModes.length > 0) {
		const needsImage = otherModes.every(({ frames }) => frames.includes('firstFrame'));
		throw new InputError(
			`${quoted(request.model)} does not do ${modeNames[request.mode]} at ${vendor}${
				needsImage ? ': it needs a First Frame' : ''
			}`,
			`Choose Mode ${list(otherModes.map(({ mode }) => modeNames[mode]))}, or Model ${list(
				inMode.map(({ model }) => model),
			)}.`,
		);
	}
	return {
		request,
		hints: [
			`Model ${quoted(request.model)} is not one that this version knows at ${vendor}. It was passed on as it is, without checking the other fields.`,
		],
	};
}

function checkPrompt(capability: Capability, { prompt }: VideoRequest) {
	if (capability.prompt.required && prompt.trim() === '') {
		throw new InputError(
			'Prompt is empty',
			`${capability.model} needs a Prompt. Describe the video.`,
		);
	}
	checkPromptLength(capability, prompt);
}

/** Throws InputError. What searches a prompt for something comes after this. */
export function checkPromptLength({ prompt: { maxLength }, model }: Capability, prompt: string) {
	const length = characterCount(prompt);
	if (length <= maxLength) return;
	throw new InputError(
		`Prompt has ${length} characters`,
		`${model} takes at most ${maxLength} characters, camera movements included. Shorten the Prompt.`,
	);
}

function checkFrames(capability: Capability, request: VideoRequest) {
	for (const frame of capability.frames) {
		const media = request[frame];
		if (!media) {
			throw new InputError(
				`${labels[frame]} is empty`,
				`${capability.model} needs it for ${modeNames[capability.mode]}. Give a URL or a binary field.`,
			);
		}
		checkImage(labels[frame], media, capability.imageRules);
	}
}

/** Throws InputError when an image cannot be what the rules ask for. Links are not opened. */
export function checkImage(label: string, media: Media, rules?: ImageRules) {
	if ('url' in media) {
		const broken = brokenLinkRule(media.url);
		if (broken) throw new InputError(`${label} ${broken}`);
		return;
	}
	const broken = rules && brokenImageRule(media.file, rules);
	if (broken) throw new InputError(`${label} “${quoted(media.file.name)}” ${broken}`);
}

function checkReferences(
	{ references: limits, model, imageRules }: Capability,
	request: VideoRequest,
) {
	const references = request.references ?? [];
	if (!limits) return;
	if (references.length === 0) {
		throw new InputError('References are empty', `${model} needs at least one in this mode.`);
	}
	const count = (kind: MediaKind) => references.filter((one) => one.kind === kind).length;
	for (const kind of ['image', 'video', 'audio'] as const) {
		if (count(kind) > limits[kind]) {
			throw new InputError(
				`References hold ${count(kind)} ${kind} files`,
				`${model} takes at most ${limits[kind]}.`,
			);
		}
	}
	if (references.length > limits.total) {
		throw new InputError(
			`References hold ${references.length} files`,
			`${model} takes at most ${limits.total} in all.`,
		);
	}
	if (limits.audioNeedsPicture && count('audio') === references.length) {
		throw new InputError(
			'References hold only audio',
			`${model} needs an image or a video beside it.`,
		);
	}
	references.forEach(({ kind, media }, index) => {
		checkImage(`Reference ${index + 1}`, media, kind === 'image' ? imageRules : undefined);
	});
}

function checkOutput(capability: Capability, { resolution, duration }: VideoRequest) {
	const { model, outputs, takesOutput } = capability;
	if (!takesOutput) {
		if (resolution !== undefined || duration !== undefined) {
			throw new InputError(
				`${model} takes neither Resolution nor Duration`,
				'Set Resolution to Automatic and Duration to Automatic.',
			);
		}
		return;
	}
	const output = outputFor(capability, resolution);
	if (!output) {
		throw new InputError(
			`${model} does not make ${quoted(resolution ?? '')} videos in Mode ${modeNames[capability.mode]}`,
			`Choose ${list(outputs.map((one) => one.resolution))}.`,
		);
	}
	if (duration === undefined || output.durations.includes(duration)) return;
	const able = outputs.filter(({ durations }) => durations.includes(duration));
	if (able.length === 0) {
		throw new InputError(
			`${model} does not make ${duration} s videos`,
			`Choose ${durationList([...new Set(outputs.flatMap(({ durations }) => durations))])}.`,
		);
	}
	const places = able.map((one) => one.resolution);
	throw new InputError(
		`${model} makes ${duration} s videos at ${list(places, 'and')} only`,
		`Choose ${list(places)}, or ${durationList(output.durations)} for ${output.resolution}.`,
	);
}

function durationList(durations: readonly number[]): string {
	const sorted = [...durations].sort((one, other) => one - other);
	const isRange = sorted.length > 3 && sorted[sorted.length - 1] - sorted[0] === sorted.length - 1;
	return isRange ? `${sorted[0]} to ${sorted[sorted.length - 1]} s` : `${list(sorted)} s`;
}

/** The output that a request gets: the named one, or the vendor's default. */
export function outputFor({ outputs }: Capability, resolution?: string): Output | undefined {
	if (resolution === undefined) return outputs[0];
	return outputs.find((output) => output.resolution === resolution);
}

function checkAspectRatio(
	{ aspectRatios, model, frames }: Capability,
	{ aspectRatio }: VideoRequest,
) {
	if (aspectRatio === undefined || !aspectRatios || aspectRatios.includes(aspectRatio)) return;
	if (frames.length > 0) return;
	throw new InputError(
		`${model} does not take Aspect Ratio ${quoted(aspectRatio)} in this mode`,
		`Choose ${list(aspectRatios)}.`,
	);
}

/** The request without what this model cannot take, and a hint for each thing left out. */
function withoutUnknown(capability: Capability, request: VideoRequest, vendor: string) {
	const { aspectRatio, ...rest } = request;
	const entries = Object.entries(request.settings) as [SettingName, unknown][];
	const known = entries.filter(([name]) => capability.settings.includes(name));
	const leftOut = entries
		.filter(([name]) => !capability.settings.includes(name))
		.map(([name]) => settingLabels[name]);
	const takesRatio =
		aspectRatio !== undefined && capability.aspectRatios?.includes(aspectRatio) === true;
	if (aspectRatio !== undefined && !takesRatio) leftOut.push('Aspect Ratio');
	return {
		request: {
			...rest,
			...(takesRatio && { aspectRatio }),
			settings: Object.fromEntries(known) as VideoRequest['settings'],
		},
		hints: leftOut.map(
			(label) =>
				`${label} was not sent: ${capability.model} at ${vendor} does not have it in this mode.`,
		),
	};
}

/** Resolution and seconds that a checked request will have, defaults included. */
export function effectiveOutput(capability: Capability, request: VideoRequest) {
	const output = outputFor(capability, request.resolution) ?? capability.outputs[0];
	return { output, duration: request.duration ?? capability.defaultDuration };
}
