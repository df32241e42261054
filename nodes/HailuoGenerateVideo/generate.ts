import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { findProvider, providers } from '../../providers';
import type { CheckedRequest } from '../../video/capabilities';
import { effectiveOutput } from '../../video/capabilities';
import { estimate } from '../../video/cost';
import { InputError } from '../../video/failure';
import type { MediaFile } from '../../video/media';
import { list } from '../../video/media';
import type { VideoRequest } from '../../video/request';
import type { TaskFacts } from '../../video/task';
import type { PlannedItem } from '../shared/create';
import { createTasks } from '../shared/create';
import { readForm } from './form';

/** Makes a video for every input item: all submitted, then waited for together. */
export async function generateVideos(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await createTasks(context, async (item) => await plan(context, item));
}

async function plan(context: IExecuteFunctions, item: number): Promise<PlannedItem> {
	const name = context.getNodeParameter('provider', item, 'minimax') as string;
	const provider = findProvider(name);
	if (!provider) {
		throw new InputError(`Provider is “${name}”`, `Use ${list(providers.map(({ id }) => id))}.`);
	}
	const checked = await readForm(context, item, provider);
	const { request, capability } = checked;
	return {
		provider,
		kind: provider.kindOf(request.model),
		files: filesOf(request),
		facts: factsOf(checked),
		ready: capability ? effectiveOutput(capability, request).output.ready : unknownReady,
		estimate: capability && estimate(capability, request),
		hints: checked.hints,
		build: (write, id) => provider.encode(request, write, id, capability),
	};
}

/** For a model that the tables do not know. */
const unknownReady = { earliest: 15, typical: 180 };

function filesOf({ firstFrame, lastFrame, subject, references = [] }: VideoRequest): MediaFile[] {
	return [firstFrame, lastFrame, subject, ...references.map(({ media }) => media)].flatMap(
		(media) => (media && 'file' in media ? [media.file] : []),
	);
}

function factsOf({ request, capability }: CheckedRequest): TaskFacts {
	const { model, mode } = request;
	if (!capability) return { model, mode };
	const { output, duration } = effectiveOutput(capability, request);
	const cost = estimate(capability, request);
	return {
		model,
		mode,
		resolution: output.resolution,
		durationSeconds: duration,
		...(cost && { cost }),
	};
}
