import type { Provider } from '../../video/provider';
import { type Check, notedReadings, unknownTask } from './check';
import { apiframeChecks } from './apiframe';
import { minimaxChecks } from './minimax';
import { runwareChecks } from './runware';
import { toapisChecks } from './toapis';

/** By vendor: a file beside this one and a line here. */
const checks: Readonly<Record<string, readonly Check[]>> = {
	minimax: minimaxChecks,
	toapis: toapisChecks,
	runware: runwareChecks,
	apiframe: apiframeChecks,
};

/** What is asked of a vendor; of one without a file of its own what is open at every vendor. */
export const checksOf = ({ id, kinds }: Provider): readonly Check[] =>
	checks[id] ?? [
		unknownTask('task', kinds[0].kind, '00000000-0000-4000-8000-000000000001'),
		notedReadings,
	];
