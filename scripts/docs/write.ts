import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { modelsPage } from './models';
import { referencePage } from './reference';

/** The generated pages by their file in docs/. */
export async function generatedPages(): Promise<Record<string, string>> {
	return { 'models.md': modelsPage(), 'reference.md': await referencePage() };
}

export const docsFolder = path.join(__dirname, '../../docs');

async function write() {
	for (const [file, content] of Object.entries(await generatedPages())) {
		await writeFile(path.join(docsFolder, file), content);
	}
}

if (require.main === module) void write();
