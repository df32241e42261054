import { type Category, isLasting, VendorError } from '../../video/failure';
import { taskKinds, testedVendors } from '../support/vendors';
import type { Refusal } from '../support/vendors/vendor';
import { create } from './ask';
import { look } from './everywhere';

describe.each(testedVendors)('every documented refusal of $vendor', (tested) => {
	const { vendor, kinds, refusals } = tested;
	const listed = Object.entries(refusals).flatMap(([category, list]) =>
		list.map(([status, body, code]) => ({ category, status, body, code })),
	);

	it.each(listed)('says what happened and what to do: $category, $status $body', async (one) => {
		const { category, status, body, code } = one;
		const answer = { status, body };
		// To a create a duplicate may be the task that was ordered.
		const isTask = category === 'duplicate';
		const error = await (isTask ? look(vendor, kinds[0].kind, answer) : create(vendor, answer));
		expect(error).toMatchObject({
			category,
			code,
			fromVendor: true,
			message: expect.stringMatching(/^[A-Z].{15,}[^.] \(“.*m”\)$/),
			advice: expect.stringMatching(/^[A-Z].{7,}[.]$/),
		});
		if (code !== undefined) expect((error as VendorError).message).not.toContain(code);
	});
});

describe.each(testedVendors)('a refused key at $vendor', ({ vendor, kinds, refusals }) => {
	const listed = kinds.flatMap(({ kind, refusedKey }) =>
		[...(refusedKey ? [refusedKey('no')] : []), ...(refusals.credential ?? [])].map(
			([status, body]) => [kind, status, body] as const,
		),
	);

	it.each(listed)('ends a wait (%s): %s %j', async (kind, status, body) => {
		expect(await look(vendor, kind, { status, body })).toMatchObject({
			category: 'credential',
			fromVendor: true,
			isHopeless: true,
		});
	});
});

const withRefusedModel = taskKinds.flatMap(({ refusedModel, ...one }) =>
	refusedModel ? [{ ...one, refusedModel }] : [],
);

it.each(withRefusedModel)('a refused model ends its own order only: $name', async (kind) => {
	const [status, body] = kind.refusedModel;
	const error = (await create(kind.vendor, { status, body })) as VendorError;
	expect(error).toMatchObject({ category: 'notFound', outcome: 'refused' });
	expect(isLasting(error)).toBe(false);
});

describe.each(testedVendors)('HTTP 404 to a create at $vendor', ({ vendor, kinds, refusals }) => {
	const documented = (refusals.notFound ?? []).filter(([status]) => status === 404);
	const undocumented: Refusal = [404, { message: 'Not Found' }];
	const listed = [...documented, undocumented].map(([status, body]) => [status, body] as const);

	it.each(listed)('speaks of no task: %s %j', async (status, body) => {
		const refused = (await create(vendor, { status, body })) as VendorError;
		expect(refused).toMatchObject({ category: 'notFound', outcome: 'refused' });
		expect(refused.message).toMatch(/does not know the model, or the address that the order was/);
		expect(refused.advice).toMatch(/^Choose another Model\./);
		const asked = (await look(vendor, kinds[0].kind, { status, body })) as VendorError;
		expect(asked.message).not.toContain('model');
	});
});

describe.each(testedVendors)('an HTTP status without a code at $vendor', ({ vendor }) => {
	const statuses: [number, Category][] = [
		[400, 'input'],
		[401, 'credential'],
		[402, 'balance'],
		[403, 'credential'],
		[404, 'notFound'],
		[408, 'server'],
		[429, 'rateLimit'],
		[500, 'server'],
		[503, 'server'],
		[504, 'server'],
	];
	const bodies = [{ error: { message: 'm' } }, { errors: [] }, { error: 'm' }];

	it.each(statuses)('%s is %s', async (status, category) => {
		for (const body of bodies) {
			const error = await create(vendor, { status, body });
			expect(error).toBeInstanceOf(VendorError);
			expect(error).toMatchObject({
				category,
				outcome: category === 'server' ? 'unknown' : 'refused',
			});
		}
	});
});
