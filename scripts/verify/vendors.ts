import type { Check } from './check';
import { apiframeChecks } from './apiframe';
import { minimaxChecks } from './minimax';
import { runwareChecks } from './runware';
import { toapisChecks } from './toapis';

/** By vendor. A new one is a file beside this one and a line here. */
export const checks: Readonly<Record<string, readonly Check[]>> = {
	minimax: minimaxChecks,
	toapis: toapisChecks,
	runware: runwareChecks,
	apiframe: apiframeChecks,
};
