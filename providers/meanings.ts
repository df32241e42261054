import { compareForm, type ErrorMeaning } from '../video/failure';

/** What errors of every vendor mean; `what` says which, and has the vendor's name in it. */
type MeaningOf = (what: string) => ErrorMeaning;

export const passingFault: MeaningOf = (what) => ({
	category: 'server',
	what,
	advice: 'Try again later.',
});

export const failedVideo: MeaningOf = (what) => ({
	category: 'server',
	what,
	advice: 'Make the video again. If it fails again, change the Prompt or the image.',
});

export const refusedContent: MeaningOf = (what) => ({
	category: 'content',
	what,
	advice: 'Change the Prompt or the image, then make the video again.',
});

export const refusedField = (vendor: string): ErrorMeaning => ({
	category: 'input',
	what: `${vendor} refused a field of the request`,
	advice: compareForm,
});

export const unknownTask: MeaningOf = (what) => ({
	category: 'notFound',
	what,
	advice: 'Check the ID, and that the API key belongs to the account that made the task.',
});
