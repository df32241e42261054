import { createHash } from 'node:crypto';
import { z } from 'zod';
import { identifier } from '../../video/answers';
import { type Callback, type CallbackReading, hmacOf, isSameText } from '../../video/callback';

/** Source: https://docs-v2.apiframe.ai/docs/webhooks */
const eventSchema = z.object({ event: z.string(), jobId: identifier });

const signature = 'x-webhook-signature';

export function readCallback({ body }: Callback): CallbackReading | undefined {
	const read = eventSchema.safeParse(body);
	if (!read.success) return undefined;
	const { event, jobId: id } = read.data;
	const reference = { provider: 'apiframe', kind: 'video', id };
	return { is: 'tasks', tasks: [{ references: [reference], ended: event !== 'progress' }] };
}

/** The secret is a digest of the key: the vendor's own client takes its bytes, others its digits. */
export function isSigned(
	{ headers, raw }: Callback,
	credential: Readonly<Record<string, unknown>>,
): boolean {
	const given = (headers[signature] ?? '').replace(/^sha256=/i, '').toLowerCase();
	const digest = createHash('sha256').update(String(credential.apiKey ?? ''));
	const bytes = digest.digest();
	const both = [bytes, bytes.toString('hex')].map((secret) => hmacOf(secret, raw));
	return both.map((wanted) => isSameText(given, wanted)).includes(true);
}
