import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import {
	cameraMovements,
	hasDirectives,
	directiveHints,
	directiveOf,
	maxMovementsTogether,
	withCameraSteps,
} from '../../video/camera';
import { automaticModel, frameLabels, framesOf } from '../../video/capabilities';
import type { CheckedRequest } from '../../video/checkRequest';
import { check, checkPromptLength } from '../../video/checkRequest';
import { InputError } from '../../video/failure';
import { linkHints } from '../../video/linkDoubts';
import { list } from '../../video/list';
import type { MediaKind } from '../../video/media';
import type { Provider } from '../../video/provider';
import type { Mode, VideoRequest } from '../../video/request';
import { modeNames, videoRequestSchema } from '../../video/request';
import { quoted } from '../../video/text';
import { asChoice, asNumber, isAutomatic, isSame, notUsable } from '../shared/inputs';
import { onlyPicture, readMedia, refuseToGuess } from '../shared/mediaInputs';
import { readSettings } from '../shared/options';

/** The form of one item as a request that its vendor will take. Throws InputError. */
export async function readForm(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
): Promise<CheckedRequest> {
	const text = (name: string, fallback = '') =>
		String(context.getNodeParameter(name, item, fallback) ?? '').trim();
	const mode = asChoice(text('mode', 'textToVideo'), modeNames);
	if (!mode) throw notUsable('Mode', text('mode'), `Use ${list(Object.values(modeNames))}.`);
	const model = readModel(text('model', 'auto'), provider, mode);
	const camera = readCamera(context, item, provider, text('prompt'), model, mode);
	const resolution = readResolution(text('resolution', 'auto'), provider);
	const duration = readDuration(context.getNodeParameter('duration', item, 0));
	const aspectRatio = text('aspectRatio', 'auto');
	const request = videoRequestSchema.parse({
		mode,
		model,
		prompt: camera.prompt,
		...(!isAutomatic(resolution) && { resolution }),
		...(duration !== 0 && { duration }),
		...(!isAutomatic(aspectRatio) && { aspectRatio: aspectRatio.toLowerCase() }),
		...(await readFrames(context, item, mode)),
		...(mode === 'referenceToVideo' && { references: await readReferences(context, item) }),
		settings: readSettings(context.getNodeParameter('options', item, {}) as IDataObject),
	});
	const checked = check(provider.capabilities, request, provider.name);
	return { ...checked, hints: [...camera.hints, ...checked.hints, ...linkHints(mediaOf(request))] };
}

/** The canonical name of the model that is meant; a name that nobody knows is passed on. */
function readModel(given: string, { capabilities }: Provider, mode: Mode): string {
	if (given === '') throw notUsable('Model', given, 'Choose a model or enter its name.');
	if (isAutomatic(given)) return automaticModel(capabilities, mode) ?? given;
	const meant = capabilities.find(({ model }) =>
		[model, model.replace(/^MiniMax-/, '')].some((name) => isSame(name, given)),
	);
	return meant?.model ?? given;
}

/** The resolution that is meant, e.g. 1080P by “1080p”; what nobody makes is left for the check. */
function readResolution(given: string, { capabilities }: Provider): string {
	const known = capabilities.flatMap(({ outputs }) => outputs.map(({ resolution }) => resolution));
	return known.find((name) => [given, `${given}P`].some((one) => isSame(one, name))) ?? given;
}

function readDuration(value: unknown): number {
	const text = typeof value === 'string' ? value.trim() : value;
	if (text === null || text === undefined) return 0;
	if (typeof text === 'string' && isAutomatic(text)) return 0;
	const seconds = asNumber(
		typeof text === 'string' ? text.replace(/\s*s(ec(onds?)?)?$/i, '') : text,
	);
	if (seconds !== undefined && Number.isInteger(seconds) && seconds >= 0) return seconds;
	throw notUsable('Duration', value, 'Use whole seconds, or 0 for automatic.');
}

type Frames = Partial<Pick<VideoRequest, 'firstFrame' | 'lastFrame' | 'subject'>>;

async function readFrames(context: IExecuteFunctions, item: number, mode: Mode): Promise<Frames> {
	const frames: Frames = {};
	for (const frame of framesOf[mode]) {
		const label = frameLabels[frame];
		const media = await readMedia(context, item, {
			label,
			source: context.getNodeParameter(`${frame}Source`, item, 'url'),
			url: context.getNodeParameter(`${frame}Url`, item, ''),
			binaryField: context.getNodeParameter(`${frame}BinaryField`, item, 'data'),
		});
		// Of two frames nobody knows which one the picture of the item is.
		const isOnly = framesOf[mode].length === 1;
		const found = media ?? (isOnly ? await onlyPicture(context, item, label) : undefined);
		if (found) frames[frame] = found;
		else refuseToGuess(context, item, label);
	}
	return frames;
}

function mediaOf({ references = [], ...request }: VideoRequest) {
	return [
		...framesOf[request.mode].map((frame) => [frameLabels[frame], request[frame]] as const),
		...references.map(({ media }, index) => [`Reference ${index + 1}`, media] as const),
	];
}

async function readReferences(context: IExecuteFunctions, item: number) {
	const { items = [] } = context.getNodeParameter('references', item, {}) as {
		items?: Array<Record<string, unknown>>;
	};
	const references: NonNullable<VideoRequest['references']> = [];
	for (const [index, { kind = 'image', ...fields }] of items.entries()) {
		const label = `Reference ${index + 1}`;
		const { source, url, binaryField } = fields;
		const media = await readMedia(context, item, { label, source, url, binaryField });
		if (!media) throw new InputError(`${label} is empty`, 'Enter a URL or a binary field.');
		references.push({ kind: readKind(kind, label), media });
	}
	return references;
}

function readKind(value: unknown, label: string): MediaKind {
	const kind = asChoice(value, { image: 'Image', video: 'Video', audio: 'Audio' });
	if (kind) return kind;
	throw notUsable(`Kind of ${label}`, value, 'Use Image, Video or Audio.');
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
		steps?: Array<{ movements?: unknown }>;
	};
	const movements = steps.map(readStep).filter((step) => step.length > 0);
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

/** The movements of one step by their values, also where an expression gives labels, or a single one. */
function readStep({ movements = [] }: { movements?: unknown }): string[] {
	const given = Array.isArray(movements) ? movements : [movements];
	return given.map(String).map((name) => {
		const meant = cameraMovements.find(
			({ value, directive }) => isSame(value, name) || isSame(directive, name),
		);
		return meant?.value ?? name;
	});
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
