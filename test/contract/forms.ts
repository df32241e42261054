import { check } from '../../video/checkRequest';
import type { CreateRequest, MediaWriter, Provider } from '../../video/provider';
import { videoRequestSchema } from '../../video/request';
import { testedVendors } from '../support/vendors';
import type { Form } from '../support/vendors/vendor';

/** Of each vendor the server of its first example. */
export const baseUrls: Readonly<Record<string, string>> = Object.fromEntries(
	testedVendors.map(({ vendor, examples }) => [
		vendor,
		examples.find(({ request }) => request.server)?.request.server ?? '',
	]),
);

export const uuid = '12c20a98-991b-459f-b3a3-41741a7dfd19';

const write: MediaWriter = (media) =>
	'url' in media ? media.url : `https://files.example.com/${media.file.name}`;

/** What the node sends for a form: the check, then the vendor's mapping. */
export function produce(provider: Provider, form: Form, id = uuid): CreateRequest {
	const request = videoRequestSchema.parse({ prompt: '<prompt>', settings: {}, ...form });
	const checked = check(provider.capabilities, request, provider.name);
	return provider.encode(checked.request, write, id, checked.capability);
}

/** The hints of a form. */
export function hintsOf(provider: Provider, form: Form): readonly string[] {
	const request = videoRequestSchema.parse({ prompt: '<prompt>', settings: {}, ...form });
	return check(provider.capabilities, request, provider.name).hints;
}
