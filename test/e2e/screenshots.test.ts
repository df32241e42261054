import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleNames } from '../../harness/n8n/examples';
import { picturesFolder, takePictures } from '../../scripts/screenshots';
import { sharedN8n } from './shared';

jest.setTimeout(600_000);

test('npm run screenshots still finds its way, and takes every picture of the documents', async () => {
	// All canvases are taken in the same way, a few seconds each.
	const [first, ...others] = exampleNames;
	const folder = mkdtempSync(path.join(tmpdir(), 'hailuo-pictures-'));
	try {
		await takePictures(sharedN8n().url, folder, { examples: [first] });
		const left = others.map((name) => `${name}.png`);
		const wanted = readdirSync(picturesFolder).filter((file) => !left.includes(file));
		expect(readdirSync(folder)).toEqual(wanted);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
