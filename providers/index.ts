import type { Provider } from '../video/provider';
import { apiframe } from './apiframe';
import { minimax } from './minimax';
import { runware } from './runware';
import { toapis } from './toapis';

/** Every vendor of the package. A new one is a folder beside this file and a line here. */
export const providers: readonly Provider[] = [minimax, toapis, runware, apiframe];

/** Those that list the tasks of an account. */
export const listingProviders = providers.filter(({ list }) => list !== undefined);

export function findProvider(id: string): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}
