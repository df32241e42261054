import type { IExecuteFunctions } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import type { Fallback, FallbackReason } from '../../video/order';
import type { Provider } from '../../video/provider';
import { readFallbackAfter } from '../shared/fieldReaders';
import { readChoice, readCollection, readList } from '../shared/formValues';

/** The vendor that a field names. Throws InputError. */
export function readProvider(given: unknown, label: string): Provider {
	const names = Object.fromEntries(providers.map(({ id, name }) => [id, name]));
	return findProvider(readChoice(given, names, label)) as Provider;
}

/** Who makes the video when the first vendor cannot, each once, and when. Throws InputError. */
export function readFallback(
	context: IExecuteFunctions,
	item: number,
	first: Provider,
): { others: Provider[]; wishes: Pick<Fallback, 'when' | 'patience'> } {
	const named = readList(context, item, 'fallbackProviders').map(({ provider }, index) =>
		readProvider(provider, `Fallback Provider ${index + 1}`),
	);
	const others = [...new Set(named)].filter((provider) => provider !== first);
	const patience = readFallbackAfter(readCollection(context, item, 'options'));
	return { others, wishes: { when: readWhen(context, item), patience } };
}

function readWhen(context: IExecuteFunctions, item: number): FallbackReason[] {
	const given = context.getNodeParameter('fallbackWhen', item, ['refused']) as unknown;
	const labels = { refused: 'Refused', failed: 'Failed' };
	return (Array.isArray(given) ? given : [given]).map((one: unknown) =>
		readChoice(one, labels, 'Fallback When'),
	);
}
