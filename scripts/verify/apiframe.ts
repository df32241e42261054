import { type Check, notedReadings, statedPrice, unknownTask } from './check';

/** What README's “What is not verified” names of Apiframe. */
export const apiframeChecks: readonly Check[] = [
	unknownTask('job', 'video', '00000000-0000-4000-8000-000000000001'),
	statedPrice('MiniMax-Hailuo-2.3'),
	notedReadings,
];
