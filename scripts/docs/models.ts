import { providers } from '../../providers';
import { type InputCount, templates } from '../../providers/minimax/templates';
import { type Capability, type Output, type Price, settingLabels } from '../../video/capabilities';
import { modeNames } from '../../video/request';
import { table } from '../../harness/markdown';

export const generatedNote =
	'<!-- Made by `npm run docs` from the code. Do not edit: a test fails when it is stale. -->';

/** docs/models.md: what every vendor makes, from the tables that the nodes themselves use. */
export function modelsPage(): string {
	const sections = providers.map(
		(provider) => `## ${provider.name}

Source: <${provider.documentation}>

${table(
	['Mode', 'Model', 'Resolution', 'Seconds', 'Needs', 'Price', 'Options', 'Note'],
	provider.capabilities.flatMap((row) => rowsOf(row)),
)}`,
	);
	return `# Models

${generatedNote}

What each vendor makes of which model, and what it costs by its price list. The first resolution of a model is what
it makes when Resolution is Automatic. Prices are estimates: they were copied from the vendors’ pages and change there
first. A dash means that the vendor publishes no price.

A model that is missing here can still be used: enter its name by expression, and it is passed on with a hint.

${sections.join('\n\n')}

## MiniMax templates

For the node Hailuo Template Video. Any other template ID can be entered too. Prices are from an older page of the
global site.

${table(
	['Template', 'ID', 'What happens', 'Images', 'Texts', 'Region', 'Price'],
	templates.map(({ name, id, description, images, texts, regions, price }) => [
		name,
		`\`${id}\``,
		description,
		countText(images),
		countText(texts),
		regions.map((region) => (region === 'global' ? 'Global' : 'China')).join(', '),
		price === undefined ? '–' : `$${price.toFixed(2)}`,
	]),
)}
`;
}

function rowsOf(row: Capability): string[][] {
	return row.outputs.map((output, index) =>
		index === 0
			? [
					modeNames[row.mode],
					`\`${row.model}\``,
					row.takesOutput ? output.resolution : `${output.resolution} (fixed)`,
					secondsText(output, row),
					needs(row),
					priceText(output.price),
					row.settings.map((name) => settingLabels[name]).join(', '),
					row.note ?? '',
				]
			: ['', '', output.resolution, secondsText(output, row), '', priceText(output.price), '', ''],
	);
}

function secondsText({ durations }: Output, { defaultDuration }: Capability): string {
	const [first] = durations;
	const last = durations[durations.length - 1];
	const text = durations.length > 3 ? `${first} to ${last}` : durations.join(', ');
	return durations.length > 1 ? `${text} (default ${defaultDuration})` : text;
}

const frameNames = { firstFrame: 'First Frame', lastFrame: 'Last Frame', subject: 'Subject' };

function needs({ prompt, frames, references }: Capability): string {
	const needed = [
		prompt.required ? `Prompt (up to ${prompt.maxLength} characters)` : '',
		...frames.map((frame) => frameNames[frame]),
		references
			? `References (${references.image} images, ${references.video} videos, ${references.audio} sounds, ${references.total} in all)`
			: '',
	];
	return needed.filter((text) => text !== '').join(', ');
}

function priceText(price: Price | undefined): string {
	if (!price) return '–';
	const money = (amount: number) =>
		price.unit === 'USD'
			? `$${amount < 0.1 ? amount : amount.toFixed(2)}`
			: `${amount} ${amount === 1 ? 'credit' : 'credits'}`;
	if ('perVideo' in price) {
		return Object.entries(price.perVideo)
			.map(([seconds, amount]) => `${money(amount)} for ${seconds} s`)
			.join(', ');
	}
	const images = price.images
		? `; images ${price.images.free} free, then ${money(price.images.each)} each`
		: '';
	return `${money(price.perSecond)} a second${images}`;
}

function countText({ least, most }: InputCount): string {
	return least === most ? String(most) : `${least} to ${most}`;
}
