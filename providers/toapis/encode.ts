import type { CreateRequest, MediaWriter } from '../../video/provider';
import type { VideoRequest } from '../../video/request';
import { withoutAbsent } from '../../video/task';
import { linksOnly } from '../uploads';
import { vendor } from './errors';
import { createH3Schema, createHailuoSchema } from './wire';

const path = '/v1/videos/generations';

/** Throws InputError for an image written into a data URL: ToAPIs takes public links only. */
export function encode(request: VideoRequest, write: MediaWriter): CreateRequest {
	const linked = linksOnly(
		write,
		`${vendor} takes public links only, and an image or file was given as a data URL`,
	);
	const { model, references, aspectRatio } = request;
	// A model that we do not know can take references and a ratio in the form of H3 only.
	const isH3 = /^MiniMax-H\d/i.test(model) || (references ?? aspectRatio) !== undefined;
	const body = isH3 ? encodeH3(request, linked) : encodeHailuo(request, linked);
	return { kind: 'video', path, body };
}

function encodeHailuo(request: VideoRequest, write: MediaWriter) {
	const { firstFrame, lastFrame, settings } = request;
	const metadata = withoutAbsent({
		prompt_optimizer: settings.promptOptimizer,
		fast_pretreatment: settings.fastPretreatment,
		aigc_watermark: settings.aigcWatermark,
		callback_url: settings.callbackUrl,
		last_frame_image: lastFrame && write(lastFrame),
	});
	return createHailuoSchema.parse(
		withoutAbsent({
			...common(request),
			resolution: request.resolution,
			image_urls: firstFrame && [write(firstFrame)],
			metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
		}),
	);
}

function encodeH3(request: VideoRequest, write: MediaWriter) {
	const { firstFrame, lastFrame, references = [], settings } = request;
	const ofKind = (wanted: string) =>
		references
			.filter(({ kind }) => kind === wanted)
			.map(({ kind, media }) => ({ url: write(media), role: `reference_${kind}` }));
	const images = [
		...(firstFrame ? [{ url: write(firstFrame), role: 'first_frame' }] : []),
		...(lastFrame ? [{ url: write(lastFrame), role: 'last_frame' }] : []),
		...ofKind('image'),
	];
	const orAbsent = <T>(values: readonly T[]) => (values.length > 0 ? values : undefined);
	return createH3Schema.parse(
		withoutAbsent({
			...common(request),
			// This model alone writes `768p`.
			resolution: request.resolution?.replace(/P$/, 'p'),
			aspect_ratio: request.aspectRatio,
			image_with_roles: orAbsent(images),
			video_with_roles: orAbsent(ofKind('video')),
			audio_with_roles: orAbsent(ofKind('audio')),
			watermark: settings.aigcWatermark,
			callback_url: settings.callbackUrl,
		}),
	);
}

function common({ model, prompt, duration }: VideoRequest) {
	return { model, prompt: prompt === '' ? undefined : prompt, duration };
}
