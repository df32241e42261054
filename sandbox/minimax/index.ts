import { defineVendor } from '../vendor';
import { answer } from './answers';
import { routes } from './routes';
import { settings } from './settings';
import { usualV1Task } from './v1/routes';
import { usualV2Task } from './v2/routes';

export const minimax = defineVendor({
	name: 'minimax',
	title: 'MiniMax',
	basePath: '',
	settings,
	routes,
	answer,
	list: {
		// V1 has no list of tasks; but its finished videos are in files/list.
		kinds: ['v2', 'v1'],
		usualTask: (key, { kind, model }) =>
			kind === 'v1' ? usualV1Task(key, model) : usualV2Task(key, model),
	},
	credential: {
		type: 'hailuoMiniMaxApi',
		keyVariable: 'MINIMAX_API_KEY',
		real: {},
		choices: { region: { variable: 'MINIMAX_REGION', values: ['global', 'china'] } },
		sandbox: (baseUrl) => ({ region: 'custom', baseUrl }),
	},
});
