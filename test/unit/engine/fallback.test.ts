import { forgetAccounts } from '../../../video/account';
import { VendorError } from '../../../video/failure';
import { makeByChain } from '../../../video/fallback';
import type { Order } from '../../../video/order';
import type { Made } from '../../../video/outcome';
import { FakeVendor, poor } from '../../support/fakeVendor';
import { Simulation } from '../../support/simulation';

beforeEach(forgetAccounts);

const unclear = new VendorError({
	category: 'input',
	outcome: 'unknown',
	message: 'It may have been accepted',
	advice: 'Look there.',
});

test('a retry begins anew where everybody who is left in the list was asked', async () => {
	const simulation = new Simulation();
	const connection = simulation.connection(() => Promise.reject(new Error('unused')));
	const orderAt = (name: string): Order =>
		new FakeVendor('never', simulation.now, simulation.sleep, unused, name).order(
			connection,
			`item 0 ${name}`,
		);
	const asked: string[] = [];
	const chain = async (...names: string[]) => {
		const [first, ...orders] = names.map(orderAt);
		const make = async ({ provider }: Order): Promise<Made> => {
			asked.push(provider.id);
			return await Promise.reject(provider.id === 'third' ? unclear : poor);
		};
		const making = makeByChain(first, { orders, when: ['refused'], patience: 1000 }, make);
		return await making.catch((cause: Error) => cause.message);
	};
	expect(await chain('first', 'second', 'third')).toBe('It may have been accepted');
	expect(await chain('first', 'second')).toBe('The balance is too low');
	expect(asked).toEqual(['first', 'second', 'third', 'first', 'second']);
});

const unused = () => {
	throw new Error('Nothing is sent here');
};
