import { defineVendor } from '../vendor';
import { answer } from './answers';
import { routes, usualTask } from './routes';
import { settings } from './settings';

export const apiframe = defineVendor({
	name: 'apiframe',
	title: 'Apiframe',
	basePath: '',
	settings,
	routes,
	answer,
	list: { kinds: ['video'], usualTask },
	credential: {
		type: 'hailuoApiframeApi',
		keyVariable: 'APIFRAME_API_KEY',
		real: { baseUrl: 'https://api.apiframe.ai' },
		sandbox: (baseUrl) => ({ baseUrl }),
	},
});
