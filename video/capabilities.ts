import type { ImageRules } from './media';
import type { Mode, SettingName, VideoRequest } from './request';

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

/** Names of the form's fields, as messages quote them. */
export const frameLabels = {
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

/** What Model Automatic stands for: a vendor's table begins with the best-known model of each mode. */
export function automaticModel(table: readonly Capability[], mode: Mode): string | undefined {
	return table.find((row) => row.mode === mode)?.model;
}

/** The output that a request gets: the named one, or the vendor's default. */
export function outputFor({ outputs }: Capability, resolution?: string): Output | undefined {
	if (resolution === undefined) return outputs[0];
	return outputs.find((output) => output.resolution === resolution);
}

/** Resolution and seconds that a checked request will have, defaults included. */
export function effectiveOutput(capability: Capability, request: VideoRequest) {
	const output = outputFor(capability, request.resolution) ?? capability.outputs[0];
	return { output, duration: request.duration ?? capability.defaultDuration };
}
