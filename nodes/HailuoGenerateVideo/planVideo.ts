import type { IExecuteFunctions } from 'n8n-workflow';
import { type Capability, effectiveOutput } from '../../video/capabilities';
import { type Quote, quote } from '../../video/cost';
import type { MediaFile } from '../../video/media';
import type { Plan } from '../../video/order';
import type { Provider } from '../../video/provider';
import type { VideoRequest } from '../../video/request';
import { type TaskFacts, withoutAbsent } from '../../video/task';
import { firstAble, type PlannedChain, type PlannedItem } from '../shared/chain';
import { readFallback, readProvider } from './fallbackForm';
import { readForm } from './generateForm';

/** The video of one item at the chosen vendor, and at those that stand in for it. Throws InputError. */
export async function planVideo(context: IExecuteFunctions, item: number): Promise<PlannedChain> {
	const first = readProvider(context.getNodeParameter('provider', item, 'minimax'), 'Provider');
	const { others, wishes } = readFallback(context, item, first);
	const chain = await firstAble(
		[first, ...others],
		async (provider) => await planAt(context, item, provider),
		({ name }) => name,
	);
	return { ...chain, wishes };
}

async function planAt(
	context: IExecuteFunctions,
	item: number,
	provider: Provider,
): Promise<PlannedItem> {
	const { request, capability, hints } = await readForm(context, item, provider);
	const price = quote(capability, request);
	const plan: Plan = {
		provider,
		kind: provider.kindOf(request.model),
		files: filesOf(request),
		facts: factsOf(request, capability, price),
		ready: capability ? effectiveOutput(capability, request).output.ready : unknownReady,
		content: contentOf(request),
		build: (write, id) => provider.encode(request, write, id, capability),
	};
	return { plan, quote: price, hints, callbackUrl: request.settings.callbackUrl };
}

/** For a model that the tables do not know. */
const unknownReady = { earliest: 15, typical: 180 };

function filesOf({ firstFrame, lastFrame, subject, references = [] }: VideoRequest): MediaFile[] {
	return [firstFrame, lastFrame, subject, ...references.map(({ media }) => media)].flatMap(
		(media) => (media && 'file' in media ? [media.file] : []),
	);
}

const addresses = new Set<string>(['callbackUrl', 'uploadEndpoint']);

/** The same video may be asked for with other addresses, e.g. one of the execution's own. */
function contentOf({ settings, ...request }: VideoRequest): unknown {
	const making = Object.entries(settings).filter(([name]) => !addresses.has(name));
	return { ...request, settings: Object.fromEntries(making) };
}

function factsOf(
	request: VideoRequest,
	capability: Capability | undefined,
	{ cost }: Quote,
): TaskFacts {
	const { model, mode, prompt: text } = request;
	const prompt = text === '' ? undefined : text;
	if (!capability) return withoutAbsent({ model, mode, prompt });
	const { output, duration } = effectiveOutput(capability, request);
	return withoutAbsent({
		model,
		mode,
		prompt,
		resolution: output.resolution,
		durationSeconds: duration,
		cost,
	});
}
