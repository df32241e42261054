import { type VendorError, vendorErrorOf } from './failure';
import type { Connection, HttpRequest } from './host';
import type { JsonAnswer } from './answerErrors';
import { exchange } from './http';
import type { StatusAnswer } from './provider';
import type { TaskReference } from './reference';
import type { VideoTask } from './task';

export interface EndpointRequest extends Pick<HttpRequest, 'method' | 'headers' | 'json' | 'form'> {
	/** Below the base URL of the connection. */
	readonly path: string;
	/** What has no value is left out. */
	readonly query?: readonly (readonly [name: string, value: string | undefined])[];
	readonly creates?: boolean;
}

export type Endpoint = (connection: Connection, request: EndpointRequest) => Promise<JsonAnswer>;

/**
 * The way to a vendor with one address for each purpose. Throws VendorError where there is no
 * answer, or one in which `errorIn` finds an error.
 */
export function endpoint(
	vendor: string,
	errorIn: (answer: JsonAnswer) => VendorError | undefined,
): Endpoint {
	return async (connection, { path, query = [], creates, ...request }) => {
		const search = new URLSearchParams();
		for (const [name, value] of query) if (value) search.append(name, value);
		const url = `${connection.baseUrl}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
		const answer = await exchange(connection, { ...request, url }, { vendor, creates });
		const error = errorIn(answer);
		if (error) throw error;
		return answer;
	};
}

/** Asks for tasks one by one; an error is the answer to its own question alone. */
export async function askEach(
	references: readonly TaskReference[],
	ask: (reference: TaskReference) => Promise<VideoTask>,
): Promise<StatusAnswer[]> {
	return await Promise.all(
		references.map(async (reference) => await ask(reference).catch(vendorErrorOf)),
	);
}
