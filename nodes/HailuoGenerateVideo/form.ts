import type { IExecuteFunctions } from 'n8n-workflow';
import {
	hasDirectives,
	directiveHints,
	directiveOf,
	maxMovementsTogether,
	withCameraSteps,
} from '../../video/camera';
import type { CheckedRequest } from '../../video/capabilities';
import { check } from '../../video/capabilities';
import { InputError } from '../../video/failure';
import { list } from '../../video/media';
import type { Provider } from '../../video/provider';
import type { Mode, VideoRequest } from '../../video/request';
import { modes, videoRequestSchema } from '../../video/request';
import { readMedia } from '../shared/inputs';

const framesOf: Partial<Record<Mode, readonly ('firstFrame' | 'lastFrame' | 'subject')[]>> = {
	imageToVideo: ['firstFrame'],
	firstLastFrame: ['firstFrame', 'lastFrame'],
	subjectReference: ['subject'],
};

const frameLabels = { firstFrame: 'First Frame', lastFrame: 'Last Frame', subject: 'Subject' };

/** The form of one item as a request that its vendor will take. Throws InputError. */
export async function readForm(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
): Promise<CheckedRequest> {
	const text = (name: string, fallback = '') =>
		String(context.getNodeParameter(name, item, fallback) ?? '').trim();
	const mode = text('mode', 'textToVideo') as Mode;
	if (!modes.includes(mode)) {
		throw new InputError(`Mode is “${mode}”`, `Use ${list(modes)}.`);
	}
	const camera = readCamera(context, item, provider, text('prompt'), text('model'), mode);
	const resolution = text('resolution', 'auto');
	const duration = readDuration(context.getNodeParameter('duration', item, 0));
	const aspectRatio = text('aspectRatio', 'auto');
	const request = parse({
		mode,
		model: text('model'),
		prompt: camera.prompt,
		...(resolution !== 'auto' && resolution !== '' && { resolution }),
		...(duration !== 0 && { duration }),
		...(aspectRatio !== 'auto' && aspectRatio !== '' && { aspectRatio }),
		...(await readFrames(context, item, mode)),
		...(mode === 'referenceToVideo' && { references: await readReferences(context, item) }),
		settings: readSettings(context, item),
	});
	const checked = check(provider.capabilities, request, provider.name);
	return { ...checked, hints: [...camera.hints, ...checked.hints] };
}

/** An expression may give any text: what is no request is named by its field. */
function parse(form: unknown): VideoRequest {
	const result = videoRequestSchema.safeParse(form);
	if (result.success) return result.data;
	const [{ path, message }] = result.error.issues;
	throw new InputError(`${labelOf(String(path[path.length - 1]))} is not usable: ${message}`);
}

function labelOf(name: string): string {
	const words = name.replace(/([A-Z])/g, ' $1').replace(/\bUrl\b/, 'URL');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

function readDuration(value: unknown): number {
	const seconds = Number(value ?? 0);
	if (Number.isInteger(seconds) && seconds >= 0) return seconds;
	throw new InputError(`Duration is “${String(value)}”`, 'Use whole seconds, or 0 for automatic.');
}

async function readFrames(context: IExecuteFunctions, item: number, mode: Mode) {
	const frames: Partial<Pick<VideoRequest, 'firstFrame' | 'lastFrame' | 'subject'>> = {};
	for (const frame of framesOf[mode] ?? []) {
		const media = await readMedia(context, item, {
			label: frameLabels[frame],
			source: context.getNodeParameter(`${frame}Source`, item, 'url'),
			url: context.getNodeParameter(`${frame}Url`, item, ''),
			binaryField: context.getNodeParameter(`${frame}BinaryField`, item, 'data'),
		});
		if (media) frames[frame] = media;
	}
	return frames;
}

async function readReferences(context: IExecuteFunctions, item: number) {
	const { items = [] } = context.getNodeParameter('references', item, {}) as {
		items?: Array<Record<string, unknown>>;
	};
	const references: NonNullable<VideoRequest['references']> = [];
	for (const [index, { kind = 'image', ...fields }] of items.entries()) {
		const label = `Reference ${index + 1}`;
		const { source, url, binaryField = 'data' } = fields;
		const media = await readMedia(context, item, { label, source, url, binaryField });
		if (!media) throw new InputError(`${label} is empty`, 'Enter a URL or a binary field.');
		references.push({ kind: kind as 'image' | 'video' | 'audio', media });
	}
	return references;
}

function readCamera(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
	prompt: string,
	model: string,
	mode: Mode,
): { prompt: string; hints: string[] } {
	const hints = directiveHints(prompt);
	const { steps = [] } = context.getNodeParameter('cameraMovements', item, {}) as {
		steps?: Array<{ movements?: string[] }>;
	};
	const movements = steps.map((step) => step.movements ?? []).filter((step) => step.length > 0);
	if (movements.length === 0) return { prompt, hints };
	const row = provider.capabilities.find((one) => one.model === model && one.mode === mode);
	if (row && !row.camera) {
		return {
			prompt,
			hints: [...hints, `Camera Movements were not sent: ${model} does not know them.`],
		};
	}
	if (hasDirectives(prompt)) {
		return {
			prompt,
			hints: [
				...hints,
				'Camera Movements were not added: the Prompt already has camera directives.',
			],
		};
	}
	movements.forEach(checkStep);
	return { prompt: withCameraSteps(prompt, movements, provider.cameraSeparator), hints };
}

function checkStep(movements: readonly string[], index: number) {
	const unknown = movements.find((movement) => directiveOf(movement) === undefined);
	if (unknown !== undefined) {
		throw new InputError(
			`Camera Movements, step ${index + 1}: “${unknown}” is not a movement`,
			'Choose from the list, e.g. pushIn or panLeft.',
		);
	}
	if (movements.length > maxMovementsTogether) {
		throw new InputError(
			`Camera Movements, step ${index + 1}, has ${movements.length} movements`,
			`Use at most ${maxMovementsTogether} together. Put the others into a further step.`,
		);
	}
}

/** Only what the person has chosen: an option at its own default is not sent. */
function readSettings(context: IExecuteFunctions, item: number): Record<string, unknown> {
	const options = context.getNodeParameter('options', item, {}) as Record<string, unknown>;
	const { promptOptimizer, fastPretreatment, aigcWatermark, safetyMode, includeCost, ...rest } =
		options;
	const { callbackUrl, uploadEndpoint, outputFormat, outputQuality, numberResults, fps, ttl } =
		rest;
	const chosen = {
		promptOptimizer:
			promptOptimizer === 'on' ? true : promptOptimizer === 'off' ? false : undefined,
		fastPretreatment,
		aigcWatermark,
		safetyMode,
		includeCost,
		callbackUrl: callbackUrl === '' ? undefined : callbackUrl,
		uploadEndpoint: uploadEndpoint === '' ? undefined : uploadEndpoint,
		outputFormat,
		outputQuality,
		numberResults,
		fps,
		ttl,
	};
	return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}
