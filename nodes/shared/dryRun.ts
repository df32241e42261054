import type { IDataObject } from 'n8n-workflow';
import type { MediaWriter } from '../../video/provider';
import type { Candidate } from './chain';

/** Writes the request as it would be sent, which also shows whether the vendor's schema takes it. */
export function dryRun(first: Candidate, others: readonly Candidate[]): IDataObject {
	const fallbacks = others.map(previewOf);
	return { dryRun: true, ...previewOf(first), ...(fallbacks.length > 0 && { fallbacks }) };
}

function previewOf({ plan, quote: { cost }, connection: { baseUrl } }: Candidate): IDataObject {
	const { path, body } = plan.build(described, 'chosen-when-it-is-sent');
	return {
		provider: plan.provider.id,
		request: { method: 'POST', url: `${baseUrl}${path}`, body: body as IDataObject },
		...(cost && { estimate: { amount: cost.amount, unit: cost.unit } }),
	};
}

/** A file as a line that names its content. */
const described: MediaWriter = (media) =>
	'url' in media
		? media.url.trim()
		: `(file ${media.file.name}, ${media.file.mimeType}, ${media.file.size} bytes, SHA-256 ${media.file.digest})`;
