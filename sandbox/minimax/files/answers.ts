import type { FastifyReply } from 'fastify';

import { nearestClip, paddedLength } from '../../clips';
import type { Task } from '../../tasks';
import type { Upload } from '../../uploads';
import { isPoorKey, unixSeconds } from '../../world';
import { succeeded } from '../answers';
import type { MiniMaxWorld } from '../settings';

/** `file_id` is an int64 in these answers: bare digits, more than a double can hold. */
export async function sendWithBareIds(reply: FastifyReply, body: object): Promise<FastifyReply> {
	const text = JSON.stringify(succeeded(body)).replaceAll(/"file_id":"(\d+)"/g, '"file_id":$1');
	return await reply.type('application/json; charset=utf-8').send(text);
}

export const describeUpload = (upload: Upload) => ({
	file_id: upload.id,
	bytes: upload.bytes.length,
	created_at: unixSeconds(upload.createdAt),
	filename: upload.fileName,
	purpose: upload.purpose,
});

export const describeVideo = (world: MiniMaxWorld, task: Task) => ({
	file_id: String(task.details?.fileId),
	bytes: paddedLength(nearestClip(task), world.config().downloadBytes),
	created_at: unixSeconds(task.endsAt),
	filename: 'output_aigc.mp4',
	purpose: 'video_generation',
});

/** The balance of a pay-as-you-go key. */
export function balance(world: MiniMaxWorld, key: string) {
	world.tasks.settle();
	const left = isPoorKey(key)
		? 0
		: world.config().minimaxBalance - world.ledger.spent('minimax', key);
	const nothing = '0.00';
	return succeeded({
		available_amount: Math.max(0, left).toFixed(2),
		cash_balance: Math.max(0, left).toFixed(2),
		voucher_balance: nothing,
		credit_balance: nothing,
		owed_amount: Math.max(0, -left).toFixed(2),
		balance_alert_switch: false,
		balance_alert_threshold: nothing,
	});
}
