import type { IExecuteFunctions } from 'n8n-workflow';
import { minimax } from '../../providers/minimax';
import { imageRules } from '../../providers/hailuo';
import { encodeTemplate } from '../../providers/minimax/encode';
import { findTemplate, type InputCount, type Template } from '../../providers/minimax/templates';
import { checkImage } from '../../video/checkRequest';
import { InputError } from '../../video/failure';
import type { Quote } from '../../video/cost';
import { linkHints } from '../../video/linkDoubts';
import type { Media } from '../../video/media';
import type { Plan } from '../../video/order';
import { quoted } from '../../video/text';
import type { PlannedChain } from '../shared/chain';
import { readCollection, readList } from '../shared/formValues';
import { onlyPicture, readListedMedia } from '../shared/mediaInputs';
import { readSettings } from '../shared/options';

/** The template of one item with its inputs, checked. Throws InputError. */
export async function planTemplate(
	context: IExecuteFunctions,
	item: number,
): Promise<PlannedChain> {
	const templateId = readTemplateId(context.getNodeParameter('template', item, ''));
	const template = findTemplate(templateId);
	const images = await readImages(context, item, template);
	const texts = readTexts(context, item);
	const { callbackUrl } = readSettings(readCollection(context, item, 'options'));
	if (template) {
		checkCount(template.name, 'Images', 'image', images.length, template.images);
		checkCount(template.name, 'Texts', 'text', texts.length, template.texts);
	}
	images.forEach((media, index) => checkImage(`Image ${index + 1}`, media, imageRules));
	const price = template?.price;
	const estimate =
		price === undefined ? undefined : ({ amount: price, unit: 'USD', source: 'estimate' } as const);
	const plan: Plan = {
		provider: minimax,
		kind: 'template',
		files: images.flatMap((media) => ('file' in media ? [media.file] : [])),
		facts: { mode: 'template', ...(estimate && { cost: estimate }) },
		// Field reports: two to seven minutes.
		ready: { earliest: 45, typical: 240 },
		content: { templateId, images, texts },
		build: (write) =>
			encodeTemplate({
				templateId,
				images: images.map(write),
				texts,
				...(callbackUrl && { callbackUrl }),
			}),
	};
	const quote: Quote = estimate
		? { cost: estimate }
		: { unknown: `no price of Template ${quoted(template?.name ?? templateId)} is known` };
	const hints = linkHints(images.map((media, index) => [`Image ${index + 1}`, media]));
	if (!template) {
		hints.unshift(
			`Template ${quoted(templateId)} is not one that this version knows. It was passed on without checking its inputs.`,
		);
	}
	return { able: [{ plan, quote, hints, callbackUrl }], hints: [] };
}

/** A plain ID, or what the form's list and ID modes save. */
function readTemplateId(value: unknown): string {
	const chosen =
		typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
	if (typeof chosen === 'number' && !Number.isSafeInteger(chosen)) {
		throw new InputError(
			'Template is a number that has lost its last digits',
			'Template IDs have 18 digits. Give the ID as text.',
		);
	}
	const id = String(chosen ?? '').trim();
	if (id === '') throw new InputError('Template is empty', 'Choose a template or enter its ID.');
	if (!/^\d+$/.test(id)) {
		throw new InputError(
			`Template “${quoted(id)}” is not a template ID`,
			'A template ID has digits only, e.g. 392747428568649728.',
		);
	}
	return id;
}

/** The images of the form; where it has none and the template wants one, the only one of the item. */
async function readImages(
	context: IExecuteFunctions,
	item: number,
	template: Template | undefined,
): Promise<Media[]> {
	const items = readList(context, item, 'images');
	const images: Media[] = [];
	if (items.length === 0 && template?.images.least === 1) {
		const found = await onlyPicture(context, item);
		if (found) images.push(found);
	}
	for (const [index, fields] of items.entries()) {
		images.push(await readListedMedia(context, item, `Image ${index + 1}`, fields));
	}
	return images;
}

function readTexts(context: IExecuteFunctions, item: number): string[] {
	return readList(context, item, 'texts').map(({ value }, index) => {
		const text = String(value ?? '').trim();
		if (text === '') throw new InputError(`Text ${index + 1} is empty`, 'Enter it or remove it.');
		return text;
	});
}

function checkCount(
	template: string,
	label: string,
	word: string,
	given: number,
	{ least, most }: InputCount,
) {
	if (given >= least && given <= most) return;
	const wanted =
		most === 0 ? `no ${word}` : least === most ? `${most} ${word}` : `up to ${most} ${word}s`;
	throw new InputError(
		`Template ${template} takes ${wanted}, and ${label} has ${given}`,
		given < least ? `Add the missing ${word}.` : `Remove what is too much from ${label}.`,
	);
}
