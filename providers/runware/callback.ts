import { z } from 'zod';
import { identifier } from '../../video/answers';
import type { Callback, CallbackReading } from '../../video/callback';

const resultSchema = z.object({ taskUUID: identifier, status: z.string().optional() });

const listSchema = z.array(z.unknown()).catch([]);
const envelopeSchema = z.object({ data: listSchema, errors: listSchema });

/**
 * A result comes alone, or as the answer to a question does. Runware signs nothing.
 * Source: https://runware.ai/docs/platform/webhooks
 */
export function readCallback({ body }: Callback): CallbackReading | undefined {
	const envelope = envelopeSchema.safeParse(body);
	if (!envelope.success) return undefined;
	const { data, errors } = envelope.data;
	const found = new Map(
		[...data, ...errors, body].flatMap((one) => {
			const result = resultSchema.safeParse(one);
			return result.success ? [[result.data.taskUUID, result.data] as const] : [];
		}),
	);
	if (found.size === 0) return undefined;
	const tasks = [...found.values()].map(({ taskUUID: id, status }) => ({
		references: [{ provider: 'runware', kind: 'video', id }],
		ended: status?.toLowerCase() !== 'processing',
	}));
	return { is: 'tasks', tasks };
}
