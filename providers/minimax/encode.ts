import type { Capability } from '../../video/capabilities';
import { withoutAbsent } from '../../video/task';
import type { CreateRequest, MediaWriter } from '../../video/provider';
import type { VideoRequest } from '../../video/request';
import { createTemplateSchema, createV1Schema, createV2Schema } from './wire';

/** Models of the second API generation: their names begin with MiniMax-H. */
export function kindOf(model: string): 'v1' | 'v2' {
	return /^MiniMax-H\d/i.test(model) ? 'v2' : 'v1';
}

export function encode(
	request: VideoRequest,
	write: MediaWriter,
	capability?: Capability,
): CreateRequest {
	return kindOf(request.model) === 'v2'
		? encodeV2(request, write, capability)
		: encodeV1(request, write);
}

function encodeV1(request: VideoRequest, write: MediaWriter): CreateRequest {
	const { firstFrame, lastFrame, subject, settings, prompt } = request;
	const body = withoutAbsent({
		model: request.model,
		prompt: prompt === '' ? undefined : prompt,
		first_frame_image: firstFrame && write(firstFrame),
		last_frame_image: lastFrame && write(lastFrame),
		subject_reference: subject && [{ type: 'character', image: [write(subject)] }],
		duration: request.duration,
		resolution: request.resolution,
		prompt_optimizer: settings.promptOptimizer,
		fast_pretreatment: settings.fastPretreatment,
		aigc_watermark: settings.aigcWatermark,
		callback_url: settings.callbackUrl,
	});
	return { kind: 'v1', path: '/v1/video_generation', body: createV1Schema.parse(body) };
}

function encodeV2(
	request: VideoRequest,
	write: MediaWriter,
	capability?: Capability,
): CreateRequest {
	const { firstFrame, lastFrame, references = [], settings } = request;
	const image = (url: string, role: string) => ({ type: 'image_url', image_url: { url }, role });
	const content = [
		{ type: 'text', text: request.prompt },
		...(firstFrame ? [image(write(firstFrame), 'first_frame')] : []),
		...(lastFrame ? [image(write(lastFrame), 'last_frame')] : []),
		...references.map(({ kind, media }) => ({
			type: `${kind}_url`,
			[`${kind}_url`]: { url: write(media) },
			role: `reference_${kind}`,
		})),
	];
	const textOnly = content.length === 1;
	const body = withoutAbsent({
		model: request.model,
		content,
		// Required fields: the vendor has no default for them.
		resolution: request.resolution ?? capability?.outputs[0].resolution ?? '768P',
		duration: request.duration ?? capability?.defaultDuration ?? 6,
		ratio:
			request.aspectRatio ?? (textOnly ? (capability?.aspectRatios?.[0] ?? '16:9') : undefined),
		callback_url: settings.callbackUrl,
		aigc_watermark: settings.aigcWatermark,
	});
	return { kind: 'v2', path: '/v2/video_generation', body: createV2Schema.parse(body) };
}

/** A template with its inputs, ready to be written. */
export interface TemplateInputs {
	readonly templateId: string;
	readonly images: readonly string[];
	readonly texts: readonly string[];
	readonly callbackUrl?: string;
}

export function encodeTemplate({
	templateId,
	images,
	texts,
	callbackUrl,
}: TemplateInputs): CreateRequest {
	const values = (inputs: readonly string[]) =>
		inputs.length > 0 ? inputs.map((value) => ({ value })) : undefined;
	const body = withoutAbsent({
		template_id: templateId,
		media_inputs: values(images),
		text_inputs: values(texts),
		callback_url: callbackUrl,
	});
	return {
		kind: 'template',
		path: '/v1/video_template_generation',
		body: createTemplateSchema.parse(body),
	};
}
