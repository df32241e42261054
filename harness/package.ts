import type { ICredentialType, INodeType } from 'n8n-workflow';
import path from 'node:path';
import { n8n } from '../package.json';

type Constructors<T> = Record<string, new () => T>;

/** The nodes that package.json registers, made from their sources. */
export async function packageNodes(): Promise<INodeType[]> {
	return await load<INodeType>(n8n.nodes);
}

/** The credentials that package.json registers, made from their sources. */
export async function packageCredentials(): Promise<ICredentialType[]> {
	return await load<ICredentialType>(n8n.credentials);
}

async function load<T>(files: readonly string[]): Promise<T[]> {
	const loaded: T[] = [];
	for (const file of files) {
		const source = path.join(__dirname, '..', file.replace(/^dist\//, '').replace(/\.js$/, ''));
		const exported = (await import(source)) as Constructors<T>;
		// n8n takes the class that is named as the file, up to the first dot.
		loaded.push(new exported[path.basename(file).split('.')[0]]());
	}
	return loaded;
}
