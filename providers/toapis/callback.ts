import { z } from 'zod';
import { identifier } from '../../video/answers';
import { type Callback, type CallbackReading, hmacOf, isSameText } from '../../video/callback';

/** Source: https://docs.toapis.com/docs/en/api-reference/webhooks/task-webhooks */
const eventSchema = z.object({
	type: z.string(),
	data: z.object({ task_id: identifier, task_type: z.string().optional() }),
});

const name = { id: 'x-toapis-webhook-id', time: 'x-toapis-webhook-timestamp' } as const;
const signatures = 'x-toapis-webhook-signature';
/** Seconds by which the vendor's clock may differ from ours. */
const clockDifference = 300;

export function readCallback({ body }: Callback): CallbackReading | undefined {
	const event = eventSchema.safeParse(body);
	if (!event.success) return undefined;
	const { type, data } = event.data;
	const isVideo = /^generation\./.test(type) && (data.task_type ?? 'video') === 'video';
	if (!isVideo) return { is: 'other' };
	const reference = { provider: 'toapis', kind: 'video', id: data.task_id };
	// There are events for the end of a task only.
	return { is: 'tasks', tasks: [{ references: [reference], ended: true }] };
}

/** Undefined where the credential has no secret to check with. */
export function isSigned(
	{ headers, raw }: Callback,
	credential: Readonly<Record<string, unknown>>,
	now: number,
): boolean | undefined {
	const secret = String(credential.webhookSecret ?? '').trim();
	if (secret === '') return undefined;
	const { [name.id]: id, [name.time]: time, [signatures]: given } = headers;
	if (!id || !given || !/^\d{1,12}$/.test(time ?? '')) return false;
	if (Math.abs(now / 1000 - Number(time)) > clockDifference) return false;
	const wanted = `v1=${hmacOf(secret, `${id}.${time}.`, raw)}`;
	// For a day after the secret was changed there is one of each.
	const all = given.split(',').slice(0, 10);
	return all.some((one) => isSameText(one.trim(), wanted));
}
