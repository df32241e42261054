import type { Provider } from '../video/provider';
import { minimax } from './minimax';

/** Every vendor of the package. A new one is a folder beside this file and a line here. */
export const providers: readonly Provider[] = [minimax];

export function findProvider(id: string): Provider | undefined {
	return providers.find((provider) => provider.id === id);
}
