import { type Capability, frameLabels, outputFor, settingLabels } from './capabilities';
import { InputError } from './failure';
import { list } from './list';
import {
	brokenImageRule,
	brokenLinkRule,
	type ImageRules,
	type Media,
	type MediaKind,
} from './media';
import { modeNames, type SettingName, type VideoRequest } from './request';
import { characterCount, quoted } from './text';

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
		const ofModel = `Mode ${list(otherModes.map(({ mode }) => modeNames[mode]))}`;
		const forMode = `Model ${list(inMode.map(({ model }) => model))}`;
		throw new InputError(
			`${quoted(request.model)} does not do ${modeNames[request.mode]} at ${vendor}${
				needsImage ? ': it needs a First Frame' : ''
			}`,
			// Who has a picture at hand or not has chosen the mode; a model that needs one was taken for its name.
			`Choose ${(needsImage ? [ofModel, forMode] : [forMode, ofModel]).join(', or ')}.`,
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
				`${frameLabels[frame]} is empty`,
				`${capability.model} needs it for ${modeNames[capability.mode]}. Give a URL or a binary field.`,
			);
		}
		checkImage(frameLabels[frame], media, capability.imageRules);
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
	const isKnown = ([name]: (typeof entries)[number]) => capability.settings.includes(name);
	const leftOut = entries.filter((one) => !isKnown(one)).map(([name]) => settingLabels[name]);
	const takesRatio =
		aspectRatio !== undefined && capability.aspectRatios?.includes(aspectRatio) === true;
	if (aspectRatio !== undefined && !takesRatio) leftOut.push('Aspect Ratio');
	return {
		request: {
			...rest,
			...(takesRatio && { aspectRatio }),
			settings: Object.fromEntries(entries.filter(isKnown)) as VideoRequest['settings'],
		},
		hints: leftOut.map(
			(label) =>
				`${label} was not sent: ${capability.model} at ${vendor} does not have it in this mode.`,
		),
	};
}
