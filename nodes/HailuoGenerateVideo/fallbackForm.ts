import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { providers } from '../../providers';
import { list } from '../../video/list';
import type { Fallback, FallbackReason } from '../../video/order';
import type { Provider } from '../../video/provider';
import { asChoice, notUsable, readFallbackAfter } from '../shared/inputs';

/** The vendor that a field names. Throws InputError. */
export function readProvider(given: unknown, label: string): Provider {
	const provider = providers.find(({ id, name }) => asChoice(given, { [id]: name }));
	if (provider) return provider;
	throw notUsable(label, given, `Use ${list(providers.map(({ name }) => name))}.`);
}

/** Who makes the video when the first vendor cannot, each once, and when. Throws InputError. */
export function readFallback(
	context: IExecuteFunctions,
	item: number,
	first: Provider,
): { others: Provider[]; wishes: Pick<Fallback, 'when' | 'patience'> } {
	const { items = [] } = context.getNodeParameter('fallbackProviders', item, {}) as {
		items?: Array<{ provider?: unknown }>;
	};
	const named = items.map(({ provider }, index) =>
		readProvider(provider, `Fallback Provider ${index + 1}`),
	);
	const others = [...new Set(named)].filter((provider) => provider !== first);
	const options = context.getNodeParameter('options', item, {}) as IDataObject;
	return {
		others,
		wishes: { when: readWhen(context, item), patience: readFallbackAfter(options) },
	};
}

function readWhen(context: IExecuteFunctions, item: number): FallbackReason[] {
	const given = context.getNodeParameter('fallbackWhen', item, ['refused']) as unknown;
	return (Array.isArray(given) ? given : [given]).map((one: unknown) => {
		const reason = asChoice(one, { refused: 'Refused', failed: 'Failed' });
		if (reason) return reason;
		throw notUsable('Fallback When', one, 'Use Refused or Failed.');
	});
}
