import type { Sandbox } from '../../sandbox/server';
import { type TaskKind, taskKinds } from '../support/vendors';
import { call, type Call, type Reply } from './client';

export const createNames = taskKinds.map(({ name }) => name);

/** One create of every kind of task. */
export const creates = Object.fromEntries(taskKinds.map((one) => [one.name, one])) as Record<
	string,
	TaskKind
>;

export async function create(
	sandbox: Sandbox,
	name: string,
	{ text = 'a lighthouse', change, ...options }: Call & { text?: string; change?: object } = {},
): Promise<Reply> {
	const { vendor, path, order } = creates[name];
	return await call(sandbox, vendor, path, { body: order(text, change), ...options });
}

/** Whether the answer is that of an accepted task. MiniMax V1 refuses with HTTP 200 too. */
export const isAccepted = ({ status, json }: Reply): boolean =>
	[200, 202].includes(status) && (json?.base_resp?.status_code ?? 0) === 0;
