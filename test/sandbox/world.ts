import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server';

/** What the tests of one file share; see `useSandbox`. */
export let sandbox: Sandbox;

export const NOON = Date.UTC(2026, 10, 21, 12);

/** Time that stands still but for `advance`, so no test depends on how fast the machine is. */
export const still = { now: () => NOON };

/** Starts the sandbox for the tests of this file, and empties it before each. */
export function useSandbox(options: SandboxOptions): void {
	beforeAll(async () => {
		sandbox = await startSandbox(options);
	});
	afterAll(async () => await sandbox.close());
	beforeEach(() => sandbox.reset());
}
