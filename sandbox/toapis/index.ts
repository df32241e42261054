import { defineVendor } from '../vendor';
import { answer } from './answers';
import { routes } from './routes';
import { settings } from './settings';

export const toapis = defineVendor({
	name: 'toapis',
	title: 'ToAPIs',
	basePath: '',
	settings,
	routes,
	answer,
	credential: {
		type: 'hailuoToApisApi',
		keyVariable: 'TOAPIS_API_KEY',
		real: { baseUrl: 'https://toapis.com' },
		sandbox: (baseUrl) => ({ baseUrl }),
	},
});
