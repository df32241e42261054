import { InputError } from '../failure';
import { list } from '../list';
import { quoted } from '../text';
import type { Asked, OrderRow } from './orderRow';
import { differences } from './requestDigest';

/**
 * Makes sure that a row under an order key is of the order that is to be sent, by the words of the
 * vendor that was asked for it. Throws InputError where it is another one, or nobody can tell.
 */
export function checkSame(
	row: OrderRow,
	key: string,
	vendors: readonly Asked[],
	nameOf: (provider: string) => string,
) {
	const { request, facts, reference, executionId, provider } = row;
	const by = executionId === undefined ? '' : ` by execution ${executionId}`;
	const asked = vendors.find((one) => one.provider === provider);
	if (!asked) {
		const name = nameOf(provider);
		throw new InputError(
			`Order Key “${quoted(key)}” was ordered at ${name}${by}, and ${name} is not among the vendors that can make this item`,
			`Nothing was sent now. Hailuo Query Task gets that video by its Order Key. To go on with it here, add ${name} to Fallback Providers, with its credential. To order it anew, delete the row of this key from the task table, or use another key.`,
		);
	}
	const different = differences(request, asked.request);
	if (different.length === 0) return;
	const what = facts.model === undefined ? 'video' : `${facts.model} video`;
	throw new InputError(
		`Order Key “${quoted(key)}” stands for another ${what}, ordered${by}: ${list(different, 'and')} ${different.length === 1 ? 'differs' : 'differ'}`,
		`Nothing was sent${reference ? '' : ' now'}. Use another Order Key for another video, or delete the row of this key from the task table to order it anew.`,
	);
}
