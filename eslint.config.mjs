import communityNodes from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const published = ['nodes/**/*.ts', 'credentials/**/*.ts', 'video/**/*.ts', 'providers/**/*.ts'];

const lines = (max) => ['error', { max, skipBlankLines: true, skipComments: true }];

/** Rules of the two n8n sets that the node tools switch off too: they contradict other rules. */
const contradicted = {
	'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
	'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
	'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
	'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
	'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
};

const base = (name) => ({
	plugins: { 'n8n-nodes-base': n8nNodesBase },
	rules: { ...n8nNodesBase.configs[name].rules, ...contradicted },
});

export default defineConfig(
	{ ignores: ['dist', 'node_modules', 'output', '.n8n-dev', 'test/e2e/screenshots'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommended],
		rules: {
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'no-duplicate-imports': 'error',
			'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
		},
	},
	{
		files: ['**/*.{ts,js,mjs,cjs}'],
		rules: { 'max-lines': ['error', 300], 'max-lines-per-function': lines(100) },
	},
	{
		files: published,
		extends: [communityNodes.configs.recommended],
		rules: { 'no-console': 'error', 'max-lines-per-function': lines(60) },
	},
	{
		files: ['package.json'],
		extends: [communityNodes.configs.recommended],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
		...base('community'),
	},
	{ files: ['credentials/**/*.ts'], ...base('credentials') },
	{ files: ['nodes/**/*.ts'], ...base('nodes') },
);
