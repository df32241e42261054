import { type Mode, modeNames, modes } from '../../video/request';

/** How the node panel calls a mode, and so the node that is added by it; and what the list says of it. */
const words: Readonly<Record<Mode, { action: string; description: string }>> = {
	textToVideo: {
		action: 'Generate video from text',
		description: 'From a prompt alone',
	},
	imageToVideo: {
		action: 'Generate video from image',
		description: 'A picture comes to life: the video begins with it',
	},
	firstLastFrame: {
		action: 'Generate video from first and last frame',
		description: 'From one picture to another',
	},
	subjectReference: {
		action: 'Generate video of a person',
		description: 'A new scene with the face of a person in a picture',
	},
	referenceToVideo: {
		action: 'Generate video from references',
		description: 'A new scene with what several pictures, videos and sounds show (H3)',
	},
};

/** The choices of Mode, whatever vendor is chosen. */
export const modeChoices = modes.map((mode) => ({
	name: modeNames[mode],
	value: mode,
	...words[mode],
}));
