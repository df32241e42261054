export class Problem extends Error {}
export function cacheFolder(): string;
export function needSpace(folder: string, gigabytes: number, otherwise: string): void;
export function withProgress<T>(label: string, work: () => Promise<T>): Promise<T>;
export function runNpm(
	args: string[],
	options: { label: string; cwd: string; env?: NodeJS.ProcessEnv; logFile: string },
): Promise<void>;
export function explain(failure: unknown): string;
