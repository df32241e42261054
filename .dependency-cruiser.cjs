const product = '^(video|providers|nodes|credentials)/';

/** Part of `npm run lint`: which way imports go. Imports of types count as well. */
module.exports = {
	forbidden: [
		{
			name: 'no-circle',
			comment: 'Move what both sides need into a file of its own, below them.',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'what-n8n-brings',
			comment: 'The published package has no dependency: n8n itself brings these.',
			severity: 'error',
			from: { path: product },
			to: { pathNot: [product, 'node_modules/(n8n-workflow|zod)/', '^crypto$'] },
		},
		{
			name: 'heart-knows-no-vendor',
			comment: 'Vendors reach video/ as a Provider, forms as a VideoRequest.',
			severity: 'error',
			from: { path: '^video/' },
			to: { path: '^(providers|nodes|credentials)/|node_modules/n8n-' },
		},
		{
			name: 'vendors-apart',
			comment: 'A vendor is added and removed with its folder.',
			severity: 'error',
			from: { path: '^providers/([^/]+)/' },
			to: { path: '^(providers/[^/]+|nodes|credentials)/', pathNot: '^providers/$1/' },
		},
		{
			name: 'sandbox-stands-alone',
			comment: 'It is written from the vendors’ pages and not from our mapping.',
			severity: 'error',
			from: { path: '^sandbox/' },
			to: { path: `${product}|^(harness|test|scripts|bench)/` },
		},
		{
			name: 'harness-below',
			comment: 'Tests, benches and scripts share what harness/ has: it belongs to none of them.',
			severity: 'error',
			from: { path: '^harness/' },
			to: { path: '^(test|bench|scripts)/' },
		},
		{
			name: 'users-of-the-harness-apart',
			comment: 'What two of them need moves to harness/. A test may run a script or a bench.',
			severity: 'error',
			from: { path: '^(scripts|bench)/' },
			to: { path: '^(test|scripts|bench)/', pathNot: '^$1/' },
		},
		{
			name: 'test-rooms-apart',
			comment: 'What several rooms of test/ need lives in test/support or in harness/.',
			severity: 'error',
			from: { path: '^test/(unit|contract|sandbox|support)/' },
			to: { path: '^test/(faults|e2e|queue|workflow)/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsConfig: { fileName: 'tsconfig.check.json' },
		tsPreCompilationDeps: true,
	},
};
