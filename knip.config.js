/** Part of `npm run lint`: every import is declared, and no file, export or dependency is there in vain. */
module.exports = {
	entry: [
		'credentials/*.credentials.ts',
		'bench/{collect-garbage.cjs,soak.ts,trigger.ts}',
		'scripts/{start,test}.ts',
		'scripts/verify/main.ts',
		'harness/exit-with-parent.cjs',
		'test/e2e/outside/addresses.cjs',
		'gulpfile.js',
	],
	project: ['**/*.{ts,mts,cts,js,mjs,cjs}'],
	// The types of setup.cjs, which TypeScript finds by their name.
	ignore: ['harness/setup.d.cts'],
	// Node 24 itself, by which every script runs.
	ignoreDependencies: ['node'],
	// A type that a signature in its own file names is part of what that file says.
	ignoreExportsUsedInFile: { interface: true, type: true },
};
