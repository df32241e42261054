import { stopShared } from './shared';

export = async function globalTeardown(): Promise<void> {
	await stopShared();
};
