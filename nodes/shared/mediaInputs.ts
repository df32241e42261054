import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { InputError } from '../../video/failure';
import { type Media, mimeTypeOf, readImage } from '../../video/media';
import { quoted } from '../../video/text';
import { type Fields, readChoice } from './formValues';

/** The name that n8n gives a file, and our fields by default. */
const usualField = 'data';

/** A picture, video or sound of the form; undefined where nothing was given. Throws InputError. */
export async function readMedia(
	context: IExecuteFunctions,
	item: number,
	label: string,
	{ source = 'url', url, binaryField = usualField }: Fields,
): Promise<Media | undefined> {
	const labels = { url: 'URL', binary: 'Binary Field' };
	if (readChoice(source, labels, `Source of ${label}`, 'Choose') === 'url') {
		const text = String(url ?? '').trim();
		return text === '' ? undefined : { url: text };
	}
	const field = String(binaryField ?? '').trim();
	if (field === '') return undefined;
	return await readBinary(context, item, presentField(context, item, label, field));
}

/** The same of a list, where nothing may be left empty. Throws InputError. */
export async function readListedMedia(
	context: IExecuteFunctions,
	item: number,
	label: string,
	fields: Fields,
): Promise<Media> {
	const media = await readMedia(context, item, label, fields);
	if (media) return media;
	throw new InputError(`${label} is empty`, 'Enter a URL or a binary field.');
}

/** The only picture of an item, whatever its field is called; undefined where it has none or several. */
export async function onlyPicture(
	context: IExecuteFunctions,
	item: number,
): Promise<Media | undefined> {
	const [field, ...others] = pictureFields(context, item);
	if (field === undefined || others.length > 0) return undefined;
	return await readBinary(context, item, field);
}

/** Throws InputError where the item has pictures, of which nobody knows which one is meant. */
export function refuseToGuess(context: IExecuteFunctions, item: number, label: string) {
	const fields = pictureFields(context, item);
	if (fields.length === 0) return;
	throw new InputError(
		`${label} is empty`,
		`The item has pictures in ${namesOf(fields)}: choose Binary Field and enter one of them, or give a URL.`,
	);
}

function binariesOf(context: IExecuteFunctions, item: number) {
	return context.getInputData()[item].binary ?? {};
}

function pictureFields(context: IExecuteFunctions, item: number): string[] {
	return Object.entries(binariesOf(context, item))
		.filter(([, { mimeType }]) => mimeType.startsWith('image/'))
		.map(([field]) => field);
}

const namesOf = (fields: readonly string[]) => fields.map((name) => `“${quoted(name)}”`).join(', ');

async function readBinary(context: IExecuteFunctions, item: number, field: string): Promise<Media> {
	const binary = binariesOf(context, item)[field];
	const read = async () => await context.helpers.getBinaryDataBuffer(item, field);
	const bytes = await read();
	return {
		file: {
			name: binary.fileName ?? field,
			mimeType: mimeTypeOf(bytes) ?? binary.mimeType,
			size: bytes.byteLength,
			digest: createHash('sha256').update(bytes).digest('hex'),
			image: readImage(bytes),
			read,
		},
	};
}

/** The field that was entered; where nobody entered one, that of the only file. */
function presentField(
	context: IExecuteFunctions,
	item: number,
	label: string,
	wanted: string,
): string {
	const fields = Object.keys(binariesOf(context, item));
	if (fields.includes(wanted)) return wanted;
	const [only, ...others] = fields;
	if (wanted === usualField && only !== undefined && others.length === 0) return only;
	throw new InputError(
		`${label}: the item has no binary field “${quoted(wanted)}”`,
		fields.length > 0
			? `It has ${namesOf(fields)}. Enter one of them.`
			: 'It has no binary data at all. Connect a node that reads a file, or use a URL.',
	);
}
