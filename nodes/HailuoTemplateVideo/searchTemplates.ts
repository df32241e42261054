import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { minimax } from '../../providers/minimax';
import { templatesOf } from '../../providers/minimax/templates';

/** The templates of the credential's region; all of them while there is no credential. */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const region = await regionOf(this);
	const wanted = filter.toLowerCase();
	const results = templatesOf(region)
		.filter(({ name, id }) => name.toLowerCase().includes(wanted) || id.includes(wanted))
		.map(({ name, id, description, images, texts }) => {
			const inputs = [images.most > 0 && 'image', texts.most > 0 && 'text'].filter(Boolean);
			return { name: `${name} (${inputs.join(' and ')})`, value: id, description };
		});
	return { results };
}

async function regionOf(context: ILoadOptionsFunctions): Promise<unknown> {
	if (!context.getNode().credentials?.[minimax.credential]) return undefined;
	const { region } = await context.getCredentials<{ region?: string }>(minimax.credential);
	return region;
}
