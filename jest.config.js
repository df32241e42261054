const transform = {
	'^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.check.json' }],
};

const project = (displayName, folders, more = {}) => ({
	displayName,
	testEnvironment: 'node',
	transform,
	testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
	setupFiles: ['<rootDir>/harness/engine/setup.ts'],
	...more,
});

/**
 * `--selectProjects unit` is the fast loop; `e2e` needs a real n8n and Chromium and runs alone; so does `queue`,
 * which needs PostgreSQL and Redis too (`npm run test:queue`).
 */
module.exports = {
	maxWorkers: '100%',
	testSequencer: '<rootDir>/test/longestFirst.js',
	projects: [
		project('unit', ['unit', 'contract']),
		project('workflow', ['workflow', 'faults']),
		project('sandbox', ['sandbox']),
		project('e2e', ['e2e'], {
			globalSetup: '<rootDir>/test/e2e/globalSetup.ts',
			globalTeardown: '<rootDir>/test/e2e/globalTeardown.ts',
		}),
		project('queue', ['queue'], { globalSetup: '<rootDir>/test/queue/globalSetup.ts' }),
	],
};
