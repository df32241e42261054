import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	hasDirectives,
	directiveHints,
	directiveOf,
	maxMovementsTogether,
	withCameraSteps,
} from '../../video/camera';
import { frameLabels, framesOf } from '../../video/capabilities';
import type { CheckedRequest } from '../../video/checkRequest';
import { check, checkPromptLength } from '../../video/checkRequest';
import { InputError } from '../../video/failure';
import { list } from '../../video/list';
import type { MediaKind } from '../../video/media';
import type { Provider } from '../../video/provider';
import type { Mode, VideoRequest } from '../../video/request';
import { modes, videoRequestSchema } from '../../video/request';
import { quoted } from '../../video/text';
import { asNumber, notUsable, readMedia } from '../shared/inputs';
import { readSettings } from '../shared/options';

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
		throw notUsable('Mode', mode, `Use ${list(modes)}.`);
	}
	const model = text('model');
	if (model === '') throw notUsable('Model', model, 'Choose a model or enter its name.');
	const camera = readCamera(context, item, provider, text('prompt'), model, mode);
	const resolution = text('resolution', 'auto');
	const duration = readDuration(context.getNodeParameter('duration', item, 0));
	const aspectRatio = text('aspectRatio', 'auto');
	const request = videoRequestSchema.parse({
		mode,
		model,
		prompt: camera.prompt,
		...(resolution !== 'auto' && resolution !== '' && { resolution }),
		...(duration !== 0 && { duration }),
		...(aspectRatio !== 'auto' && aspectRatio !== '' && { aspectRatio }),
		...(await readFrames(context, item, mode)),
		...(mode === 'referenceToVideo' && { references: await readReferences(context, item) }),
		settings: readSettings(context.getNodeParameter('options', item, {}) as IDataObject),
	});
	const checked = check(provider.capabilities, request, provider.name);
	return { ...checked, hints: [...camera.hints, ...checked.hints] };
}

function readDuration(value: unknown): number {
	const seconds = value === '' || value === null || value === undefined ? 0 : asNumber(value);
	if (seconds !== undefined && Number.isInteger(seconds) && seconds >= 0) return seconds;
	throw notUsable('Duration', value, 'Use whole seconds, or 0 for automatic.');
}

async function readFrames(context: IExecuteFunctions, item: number, mode: Mode) {
	const frames: Partial<Pick<VideoRequest, 'firstFrame' | 'lastFrame' | 'subject'>> = {};
	for (const frame of framesOf[mode]) {
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
		references.push({ kind: readKind(kind, label), media });
	}
	return references;
}

function readKind(value: unknown, label: string): MediaKind {
	if (value === 'image' || value === 'video' || value === 'audio') return value;
	throw notUsable(`Kind of ${label}`, value, 'Use image, video or audio.');
}

function readCamera(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
	prompt: string,
	model: string,
	mode: Mode,
): { prompt: string; hints: string[] } {
	const row = provider.capabilities.find((one) => one.model === model && one.mode === mode);
	if (row) checkPromptLength(row, prompt);
	const hints = directiveHints(prompt);
	const { steps = [] } = context.getNodeParameter('cameraMovements', item, {}) as {
		steps?: Array<{ movements?: string[] }>;
	};
	const movements = steps.map((step) => step.movements ?? []).filter((step) => step.length > 0);
	if (movements.length === 0) return { prompt, hints };
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
			`Camera Movements, step ${index + 1}: “${quoted(unknown)}” is not a movement`,
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
