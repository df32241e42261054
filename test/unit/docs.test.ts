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

test('generated pages are up to date (npm run docs)', async () => {
	for (const [file, content] of Object.entries(await generatedPages())) {
		expect(readFileSync(path.join(docsFolder, file), 'utf8')).toBe(content);
	}
});

test.each(pages)('links inside %s lead somewhere', (page) => {
	const text = readFileSync(path.join(root, page), 'utf8');
	const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
	const broken = links
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
	const rows = readFileSync(path.join(docsFolder, 'promises.md'), 'utf8').split('\n');
	const named = rows
		.filter((row) => row.startsWith('|'))
		.flatMap((row) => [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)])
		.map(([, name]) => name);
	expect(named).not.toEqual([]);
	const exists = (name: string) => existsSync(path.join(root, 'test', `${name}.test.ts`));
	expect(named.filter((name) => !exists(name))).toEqual([]);
});

function anchors(page: string): string[] {
	const text = readFileSync(path.join(root, page), 'utf8');
	return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
		title
			.toLowerCase()
			.replace(/[^\w\s-]/g, '')
			.replace(/\s/g, '-'),
	);
}

test('pictures have an alternative text', () => {
	for (const page of pages) {
		const text = readFileSync(path.join(root, page), 'utf8');
		expect([page, [...text.matchAll(/!\[\s*\]\(/g)].length]).toEqual([page, 0]);
	}
});

test('every picture is small and stands in a page, every example has one', () => {
	const shown = pages.flatMap((page) =>
		[...readFileSync(path.join(root, page), 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(
			([, link]) => path.basename(link),
		),
	);
	const pictures = readdirSync(picturesFolder);
	expect(pictures.filter((file) => !shown.includes(file))).toEqual([]);
	expect(exampleNames.filter((name) => !pictures.includes(`${name}.png`))).toEqual([]);
	const large = (file: string) => statSync(path.join(picturesFolder, file)).size > 100_000;
	expect(pictures.filter(large)).toEqual([]);
});

test('every text in the troubleshooting table is one that the code says', () => {
	const page = readFileSync(path.join(docsFolder, 'troubleshooting.md'), 'utf8');
	const quoted = [...page.matchAll(/^\| “([^”]+)”/gm)].map(([, text]) => text);
	expect(quoted.length).toBeGreaterThan(5);
	const sources = ['video', 'nodes', 'providers'].flatMap((folder) => filesBelow(folder));
	const code = sources.map((file) => readFileSync(file, 'utf8')).join('\n');
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
	const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
	const measured = readFileSync(path.join(docsFolder, 'benchmarks.md'), 'utf8');
	const section = readme.split('## Why not the built-in MiniMax node')[1].split('\n## ')[0];
	const figures = section.match(/\d+(\.\d+)? (s|MB)\b|\d+ of \d+/g) ?? [];
	expect(figures.length).toBeGreaterThan(5);
	expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
});

function filesBelow(folder: string): string[] {
	return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.join(root, folder, file));
}
