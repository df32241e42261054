const transform = {
	'^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.check.json' }],
};

const project = (displayName, folders) => ({
	displayName,
	testEnvironment: 'node',
	transform,
	testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
	setupFiles: ['<rootDir>/test/setup.ts'],
});

/** `--selectProjects unit` is the fast loop; `e2e` needs a real n8n and Chromium and runs alone. */
module.exports = {
	projects: [
		project('unit', ['unit', 'contract']),
		project('workflow', ['workflow', 'faults']),
		project('sandbox', ['sandbox']),
		project('e2e', ['e2e']),
	],
};
