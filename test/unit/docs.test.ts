import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { docsFolder, generatedPages } from '../../scripts/docs/write';
import { exampleNames } from '../../harness/n8n/examples';
import { picturesFolder } from '../../scripts/screenshots';

const root = path.join(__dirname, '../..');

const pages = [
	...readdirSync(root).filter((file) => file.endsWith('.md')),
	...readdirSync(docsFolder)
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
	'sandbox/README.md',
];

const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** What a pattern with one group finds in a text. */
const allIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, one]) => one);

test('generated pages are up to date (npm run docs)', async () => {
	for (const [file, content] of Object.entries(await generatedPages())) {
		expect(textOf(`docs/${file}`)).toBe(content);
	}
});

test.each(pages)('links inside %s lead somewhere', (page) => {
	const broken = allIn(textOf(page), /\]\(([^)\s]+)\)/g)
		.filter((link) => !/^[a-z]+:/.test(link))
		.filter((link) => {
			const [file, anchor] = link.split('#');
			const target = file === '' ? page : path.join(path.dirname(page), file);
			if (!existsSync(path.join(root, target))) return true;
			return anchor !== undefined && !anchors(target).includes(anchor);
		});
	expect(broken).toEqual([]);
});

test('every test that docs/promises.md names is there', () => {
	const named = textOf('docs/promises.md')
		.split('\n')
		.filter((row) => row.startsWith('|'))
		.flatMap((row) => allIn(row.split('|').at(-2) ?? '', /`([^`]+)`/g));
	expect(named).not.toEqual([]);
	const exists = (name: string) => existsSync(path.join(root, 'test', `${name}.test.ts`));
	expect(named.filter((name) => !exists(name))).toEqual([]);
});

function anchors(page: string): string[] {
	return allIn(textOf(page), /^#+ (.+)$/gm).map((title) =>
		title
			.toLowerCase()
			.replace(/[^\w\s-]/g, '')
			.replace(/\s/g, '-'),
	);
}

test('pictures have an alternative text', () => {
	for (const page of pages) {
		expect([page, textOf(page).match(/!\[\s*\]\(/g)]).toEqual([page, null]);
	}
});

test('every picture is small and stands in a page, every example has one', () => {
	const shown = pages
		.flatMap((page) => allIn(textOf(page), /!\[[^\]]+\]\(([^)]+)\)/g))
		.map((link) => path.basename(link));
	const pictures = readdirSync(picturesFolder);
	expect(pictures.filter((file) => !shown.includes(file))).toEqual([]);
	expect(exampleNames.filter((name) => !pictures.includes(`${name}.png`))).toEqual([]);
	const large = (file: string) => statSync(path.join(picturesFolder, file)).size > 100_000;
	expect(pictures.filter(large)).toEqual([]);
});

test('every text in the troubleshooting table is one that the code says', () => {
	const quoted = allIn(textOf('docs/troubleshooting.md'), /^\| “([^”]+)”/gm);
	expect(quoted.length).toBeGreaterThan(5);
	const sources = ['video', 'nodes', 'providers'].flatMap((folder) => filesBelow(folder));
	const code = sources.map(textOf).join('\n');
	// A text that is built from parts stands in the code with its own words between placeholders.
	const said = (text: string) =>
		code.includes(text) ||
		new RegExp(
			text
				.split(' ')
				.map((word) => `(?:${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}|\\$\\{[^}]+\\})`)
				.join(' '),
		).test(code);
	expect(quoted.filter((text) => !said(text))).toEqual([]);
});

test('figures of the comparison stand in docs/benchmarks.md', () => {
	const measured = textOf('docs/benchmarks.md');
	const section = textOf('README.md')
		.split('## Why not the built-in MiniMax node')[1]
		.split('\n## ')[0];
	const figures = section.match(/\d+(\.\d+)? (s|MB)\b|\d+ of \d+/g) ?? [];
	expect(figures.length).toBeGreaterThan(5);
	expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
});

function filesBelow(folder: string): string[] {
	return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.join(folder, file));
}
