import { apiframe } from './apiframe';
import { minimax } from './minimax';
import { runware } from './runware';
import { toapis } from './toapis';
import type { TaskKind, TestedVendor } from './vendor';

export type { AnsweredTask, TaskKind } from './vendor';

/** Every vendor of the tests. A new one is a folder beside this file and a line here. */
export const testedVendors: readonly TestedVendor[] = [minimax, toapis, runware, apiframe];

/** Every kind of task of every vendor. */
export const taskKinds: readonly TaskKind[] = testedVendors.flatMap(
	({ vendor, keyHeader, failureCodes, kinds }) =>
		kinds.map((kind) => ({ vendor, keyHeader, failureCodes, ...kind })),
);

/** What a vendor says about its usual kind of task, the first of its kinds. */
export function usualKind(vendor: string): TaskKind {
	const found = taskKinds.find((one) => one.vendor === vendor);
	if (!found) throw new Error(`Add ${vendor} to test/support/vendors, as CONTRIBUTING says.`);
	return found;
}
