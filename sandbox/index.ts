import { apiframe } from './apiframe';
import { minimax } from './minimax';
import { runware } from './runware';
import { toapis } from './toapis';

/** Every vendor of the sandbox. A new one is a folder beside this file and a line here. */
export const vendors = [minimax, toapis, runware, apiframe] as const;
