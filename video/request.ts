import { z } from 'zod';
import type { Media } from './media';

export const modes = [
	'textToVideo',
	'imageToVideo',
	'firstLastFrame',
	'subjectReference',
	'referenceToVideo',
] as const;

export type Mode = (typeof modes)[number];

export const modeNames: Readonly<Record<Mode, string>> = {
	textToVideo: 'Text to Video',
	imageToVideo: 'Image to Video',
	firstLastFrame: 'First and Last Frame',
	subjectReference: 'Subject Reference',
	referenceToVideo: 'Reference to Video',
};

const media = z.custom<Media>((value) => typeof value === 'object' && value !== null);

const url = z.string().url();

/** The wishes beside prompt and frames; which of them a model takes is in its capability row. */
export const settingsSchema = z
	.object({
		promptOptimizer: z.boolean(),
		fastPretreatment: z.boolean(),
		aigcWatermark: z.boolean(),
		callbackUrl: url,
		outputFormat: z.enum(['MP4', 'WEBM', 'MOV']),
		/** 20 to 99. */
		outputQuality: z.number().int().min(20).max(99),
		/** Videos a request makes, 1 to 4. */
		numberResults: z.number().int().min(1).max(4),
		/** Frames per second. */
		fps: z.literal(25),
		/** Seconds that the vendor keeps the video. */
		ttl: z.number().int().min(60),
		safetyMode: z.enum(['none', 'fast', 'full']),
		uploadEndpoint: url,
		includeCost: z.boolean(),
	})
	.partial()
	.strict();

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** One video, in words that no vendor owns. Absent means: the vendor's own default. */
export const videoRequestSchema = z
	.object({
		mode: z.enum(modes),
		/** Canonical MiniMax name, or any name that the vendor may know. */
		model: z.string().min(1),
		prompt: z.string(),
		resolution: z.string().min(1).optional(),
		/** Seconds. */
		duration: z.number().int().positive().optional(),
		aspectRatio: z.string().optional(),
		firstFrame: media.optional(),
		lastFrame: media.optional(),
		subject: media.optional(),
		references: z
			.array(z.object({ kind: z.enum(['image', 'video', 'audio']), media }).strict())
			.optional(),
		settings: settingsSchema,
	})
	.strict();

export type VideoRequest = z.infer<typeof videoRequestSchema>;
