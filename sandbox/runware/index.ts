import { defineVendor } from '../vendor';
import { answer } from './answers';
import { routes } from './routes';
import { settings } from './settings';
import { openSocket } from './socket';

export const runware = defineVendor({
	name: 'runware',
	title: 'Runware',
	basePath: '/v1',
	settings,
	routes,
	answer,
	openSocket,
	credential: {
		type: 'hailuoRunwareApi',
		keyVariable: 'RUNWARE_API_KEY',
		real: { baseUrl: 'https://api.runware.ai/v1' },
		sandbox: (baseUrl) => ({ baseUrl }),
	},
});
