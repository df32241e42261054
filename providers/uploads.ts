import { InputError, VendorError } from '../video/failure';
import type { MediaFile } from '../video/media';
import type { MediaWriter } from '../video/provider';
import { megabyte, sizeText } from '../video/size';

/** Writes for a vendor that takes no data URLs. `refusal` is the message of the InputError for one. */
export const linksOnly =
	(write: MediaWriter, refusal: string): MediaWriter =>
	(media) => {
		if (!('url' in media) || !/^\s*data:/i.test(media.url)) return write(media);
		throw new InputError(
			refusal,
			'Give an address that begins with https://, or a binary field: it is uploaded first.',
		);
	};

/** A file that its vendor would not take, found before it is sent. */
export const refusedFile = ({ name }: MediaFile, why: string, advice: string): VendorError =>
	new VendorError({
		category: 'input',
		outcome: 'refused',
		message: `The file “${name}” ${why}`,
		advice,
	});

/** The form of an upload. Throws VendorError, with this advice, for a file above the vendor's cap. */
export async function uploadForm(
	file: MediaFile,
	{ vendor, megabytes, advice }: { vendor: string; megabytes: number; advice: string },
): Promise<FormData> {
	if (file.size > megabytes * megabyte) {
		const why = `has ${sizeText(file.size)}. ${vendor} takes uploads up to ${megabytes} MB`;
		throw refusedFile(file, why, advice);
	}
	const form = new FormData();
	form.append('file', new Blob([await file.read()], { type: file.mimeType }), file.name);
	return form;
}
