import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { minimax } from '../../providers/minimax';
import { type Template, templatesOf } from '../../providers/minimax/templates';
import { costText } from '../../video/cost';

/** The templates of the credential's region; all of them while there is no credential. */
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const region = await regionOf(this);
	const wanted = filter.toLowerCase();
	const results = templatesOf(region)
		.map((template) => ({ name: lineOf(template), value: template.id }))
		.filter(({ name, value }) => name.toLowerCase().includes(wanted) || value.includes(wanted));
	return { results };
}

/** What it costs and needs, and what happens: n8n shows nothing but the name, and of a long one the beginning. */
function lineOf({ name, description, images, texts, price }: Template): string {
	const needs = [images.most > 0 && 'image', texts.most > 0 && 'text']
		.filter(Boolean)
		.join(' and ');
	const cost = price === undefined ? [] : [costText({ amount: price, unit: 'USD' })];
	return `${name} (${[...cost, needs].join(', ')}): ${description.charAt(0).toLowerCase()}${description.slice(1)}`;
}

async function regionOf(context: ILoadOptionsFunctions): Promise<unknown> {
	if (!context.getNode().credentials?.[minimax.credential]) return undefined;
	const { region } = await context.getCredentials<{ region?: string }>(minimax.credential);
	return region;
}
