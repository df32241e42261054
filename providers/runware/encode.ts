import { InputError } from '../../video/failure';
import type { CreateRequest, MediaWriter } from '../../video/provider';
import type { Settings, VideoRequest } from '../../video/request';
import { withoutAbsent } from '../../video/task';
import { createSchema } from './wire';

/** Model IDs: https://runware.ai/docs/models/minimax-01 and its siblings. */
const modelIds: ReadonlyMap<string, string> = new Map([
	['T2V-01', 'minimax:1@1'],
	['I2V-01', 'minimax:1@1'],
	['T2V-01-Director', 'minimax:2@1'],
	['I2V-01-Director', 'minimax:2@1'],
	['I2V-01-live', 'minimax:2@3'],
	['MiniMax-Hailuo-02', 'minimax:3@1'],
	['MiniMax-Hailuo-2.3', 'minimax:4@1'],
	['MiniMax-Hailuo-2.3-Fast', 'minimax:4@2'],
]);

/** Pixels. */
const sizes: ReadonlyMap<string, readonly [width: number, height: number]> = new Map([
	['768P', [1366, 768]],
	['1080P', [1920, 1080]],
]);

/**
 * One task in an array, under an ID of ours, so that it can be asked for even where the answer to
 * the create was lost. Throws InputError for a prompt of one character.
 */
export function encode(request: VideoRequest, write: MediaWriter, id: string): CreateRequest {
	const { model, prompt, duration, firstFrame, lastFrame, settings } = request;
	if ([...prompt].length === 1) {
		throw new InputError('Prompt has 1 character', 'Runware needs at least 2. Describe the video.');
	}
	const frameImages = [
		...(firstFrame ? [{ image: write(firstFrame), frame: 'first' }] : []),
		...(lastFrame ? [{ image: write(lastFrame), frame: 'last' }] : []),
	];
	const task = withoutAbsent({
		taskType: 'videoInference',
		taskUUID: id,
		model: modelIds.get(model) ?? model,
		positivePrompt: prompt === '' ? undefined : prompt,
		...sizeOf(request),
		duration,
		inputs: frameImages.length > 0 ? { frameImages } : undefined,
		...settingsOf(settings),
	});
	return {
		kind: 'video',
		// The base URL of the credential is the endpoint.
		path: '',
		body: createSchema.parse([task]),
		results: settings.numberResults ?? 1,
	};
}

/** A model that we do not know may also be asked for pixels, as in `1344x768`. */
function sizeOf({ model, resolution }: VideoRequest) {
	if (resolution === undefined) return {};
	const pixels = /^(\d+)\s*[x×]\s*(\d+)$/i.exec(resolution);
	if (pixels) return { width: Number(pixels[1]), height: Number(pixels[2]) };
	const known = modelIds.has(model) ? sizes.get(resolution) : undefined;
	return known ? { width: known[0], height: known[1] } : { resolution: resolution.toLowerCase() };
}

function settingsOf(settings: Settings) {
	const { promptOptimizer, safetyMode } = settings;
	return {
		providerSettings: promptOptimizer === undefined ? undefined : { minimax: { promptOptimizer } },
		// No check is the vendor's default, so that nothing needs to be said.
		safety:
			safetyMode === undefined || safetyMode === 'none'
				? undefined
				: { checkContent: true, mode: safetyMode },
		fps: settings.fps,
		outputFormat: settings.outputFormat,
		outputQuality: settings.outputQuality,
		webhookURL: settings.callbackUrl,
		uploadEndpoint: settings.uploadEndpoint,
		ttl: settings.ttl,
		// What it has cost is worth a field: asked for unless the person does not want it.
		includeCost: settings.includeCost === false ? undefined : true,
		numberResults: settings.numberResults,
	};
}
