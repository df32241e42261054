import type { IExecuteFunctions } from 'n8n-workflow';
import {
	cameraMovements,
	hasDirectives,
	directiveHints,
	directiveOf,
	maxMovementsTogether,
	withCameraSteps,
} from '../../video/camera';
import { automaticModel, type Capability, frameLabels, framesOf } from '../../video/capabilities';
import { check, type CheckedRequest, checkPromptLength } from '../../video/checkRequest';
import { InputError } from '../../video/failure';
import { linkHints } from '../../video/linkDoubts';
import type { Provider } from '../../video/provider';
import { type Mode, modeNames, type VideoRequest, videoRequestSchema } from '../../video/request';
import { quoted } from '../../video/text';
import {
	asNumber,
	isAutomatic,
	isSame,
	notUsable,
	readChoice,
	readCollection,
	readList,
	readText,
} from '../shared/formValues';
import { onlyPicture, readListedMedia, readMedia, refuseToGuess } from '../shared/mediaInputs';
import { readSettings } from '../shared/options';

/** The form of one item as a request that its vendor will take. Throws InputError. */
export async function readForm(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
): Promise<CheckedRequest> {
	const text = (name: string, fallback = '') => readText(context, item, name, fallback);
	const mode = readChoice(text('mode', 'textToVideo'), modeNames, 'Mode');
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
		settings: readSettings(readCollection(context, item, 'options')),
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
		const media = await readMedia(context, item, label, {
			source: context.getNodeParameter(`${frame}Source`, item, 'url'),
			url: context.getNodeParameter(`${frame}Url`, item, ''),
			binaryField: context.getNodeParameter(`${frame}BinaryField`, item, 'data'),
		});
		// Of two frames nobody knows which one the picture of the item is.
		const isOnly = framesOf[mode].length === 1;
		const found = media ?? (isOnly ? await onlyPicture(context, item) : undefined);
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
	const references: NonNullable<VideoRequest['references']> = [];
	const kinds = { image: 'Image', video: 'Video', audio: 'Audio' };
	for (const [index, fields] of readList(context, item, 'references').entries()) {
		const label = `Reference ${index + 1}`;
		const media = await readListedMedia(context, item, label, fields);
		const { kind = 'image' } = fields;
		references.push({ kind: readChoice(kind, kinds, `Kind of ${label}`), media });
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
	const row = provider.capabilities.find((one) => one.model === model && one.mode === mode);
	if (row) checkPromptLength(row, prompt);
	const hints = directiveHints(prompt);
	const { steps = [] } = readCollection(context, item, 'cameraMovements');
	const movements = (steps as Array<{ movements?: unknown }>)
		.map(readStep)
		.filter((step) => step.length > 0);
	if (movements.length === 0) return { prompt, hints };
	const reason = unsentBecause(row, prompt);
	if (reason !== undefined) return { prompt, hints: [...hints, reason] };
	movements.forEach(checkStep);
	return { prompt: withCameraSteps(prompt, movements, provider.cameraSeparator), hints };
}

function unsentBecause(row: Capability | undefined, prompt: string): string | undefined {
	if (row && !row.camera) {
		return `Camera Movements were not sent: ${row.model} does not know them.`;
	}
	return hasDirectives(prompt)
		? 'Camera Movements were not added: the Prompt already has camera directives.'
		: undefined;
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
