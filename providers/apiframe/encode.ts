import type { CreateRequest, MediaWriter } from '../../video/provider';
import type { VideoRequest } from '../../video/request';
import { withoutAbsent } from '../../video/task';
import { linksOnly } from '../uploads';
import { vendor } from './errors';
import { createSchema } from './wire';

const modelIds: ReadonlyMap<string, string> = new Map([
	['MiniMax-Hailuo-2.3', 'hailuo-2.3'],
	['MiniMax-Hailuo-2.3-Fast', 'hailuo-2.3-fast'],
	['MiniMax-Hailuo-02', 'hailuo-02'],
]);

/** The vendor's name of a model; an unknown one as it is. */
export function modelId(model: string): string {
	return modelIds.get(model) ?? model;
}

/** The canonical name of a model; an unknown one as it is. */
export function modelName(id: string): string {
	const known = [...modelIds].find(([, value]) => value === id);
	return known ? known[0] : id;
}

/**
 * The header makes the vendor answer a repeated create with the job of the first one, for 24 hours.
 * Throws InputError for an image written into a data URL.
 */
export function encode(request: VideoRequest, write: MediaWriter, id: string): CreateRequest {
	const { model, prompt, duration, resolution, firstFrame, lastFrame, settings } = request;
	const linked = linksOnly(
		write,
		`${vendor} takes links only, and an image was given as a data URL`,
	);
	const hailuoParams = withoutAbsent({
		duration,
		resolution: resolution?.toLowerCase(),
		image: firstFrame && linked(firstFrame),
		end_image: lastFrame && linked(lastFrame),
		prompt_optimizer: settings.promptOptimizer,
	});
	const { callbackUrl } = settings;
	const body = withoutAbsent({
		prompt,
		model: modelId(model),
		hailuoParams: Object.keys(hailuoParams).length > 0 ? hailuoParams : undefined,
		webhookUrl: callbackUrl,
		webhookEvents: callbackUrl === undefined ? undefined : ['completed', 'failed'],
	});
	return {
		kind: 'video',
		path: '/v2/videos/generate',
		headers: { 'Idempotency-Key': id },
		body: createSchema.parse(body),
	};
}
