import vendorExamples from '../support/examples.json';

/** A request and its answer as a vendor's page shows them; the page is its `source`. */
export interface Example {
	readonly provider: string;
	readonly kind: string;
	readonly request: {
		readonly method?: string;
		readonly server?: string;
		readonly path?: string;
		readonly body?: unknown;
	};
	readonly response: {
		readonly status?: unknown;
		readonly headers?: object;
		readonly body?: unknown;
	};
}

export const examples: readonly Example[] = vendorExamples;

export const nameOf = ({ provider, kind }: Example) => `${provider} ${kind}`;

export function example(name: string): Example {
	const found = examples.find((one) => nameOf(one) === name);
	if (!found) throw new Error(`There is no example ${name}`);
	return found;
}

export const bodyOf = (name: string) => example(name).request.body as never;
