import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { picturesFolder, takePictures } from '../../scripts/screenshots';
import { sharedN8n } from './shared';

jest.setTimeout(300_000);

test('npm run screenshots still finds its way, and takes every picture of the documents', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'hailuo-pictures-'));
	try {
		await takePictures(sharedN8n().url, folder);
		expect(readdirSync(folder)).toEqual(readdirSync(picturesFolder));
	} finally {
		rmSync(folder, { recursive: true });
	}
});
