import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { HAILUO_IMAGE, imageReferenceProblem } from '../media';
import { numericId } from '../tasks';
import type { Phase, Task } from '../tasks';
import { entryOf, isRecord, look } from '../world';
import type { World } from '../world';
import {
	authenticate,
	baseResp,
	checkContentAndBalance,
	failureText,
	linkFor,
	parse,
	succeeded,
	unknownTask,
	v1Refusal,
} from './answers';
import { checkCallback, SIZES } from './v1';

interface Template {
	image: boolean;
	text: boolean;
	/** USD. The Chinese list has no prices: those templates cost the usual one here. */
	price: number;
}

const USUAL_PRICE = 0.45;
const image = (price = USUAL_PRICE): Template => ({ image: true, text: false, price });
const text = (price = USUAL_PRICE): Template => ({ image: false, text: true, price });
const imageAndText = (price = USUAL_PRICE): Template => ({ image: true, text: true, price });

/** Both regions' lists. */
const TEMPLATES: Record<string, Template> = {
	'392747428568649728': image(0.4),
	'393488336655310850': image(0.4),
	'393769180141805569': imageAndText(0.45),
	'397087679467597833': image(0.45),
	'393881433990066176': image(0.45),
	'393498001241890824': image(0.45),
	'393876118804459526': image(1),
	'393866076583718914': image(1),
	'393879757702918151': image(1.1),
	'394176968202485769': image(1.4),
	'394514820878671878': text(1.5),
	'397017167949312007': image(2),
	'394875727173492739': text(0.35),
	'394220989629177861': image(0.7),
	'393853165953970178': text(0.86),
	'401431836934868999': imageAndText(1.08),
	'392753057216684038': image(),
	'394246956137422856': image(),
	'393766210733957121': image(),
	'394125185182695432': text(),
	'393857704283172864': image(),
	'398574688191234048': image(),
};

const values = z.array(z.object({ value: z.string().min(1) })).optional();
const bodySchema = z.object({
	template_id: z.string(),
	media_inputs: values,
	text_inputs: values,
	callback_url: z.string().url().optional(),
});
type Body = z.output<typeof bodySchema>;

function check(body: Body): Template {
	const refuse = (detail: string) => v1Refusal('params', detail);
	const template = entryOf(TEMPLATES, body.template_id);
	if (!template) throw refuse('invalid template_id');
	if (template.image && !body.media_inputs?.length) throw refuse('media_inputs is required');
	if (template.text && !body.text_inputs?.length) throw refuse('text_inputs is required');
	for (const { value } of body.media_inputs ?? []) {
		const problem = imageReferenceProblem(value, HAILUO_IMAGE);
		if (problem) throw refuse(`media_inputs: ${problem}`);
	}
	return template;
}

/** Templates never queue. */
const WORDS: Record<Phase, string> = {
	preparing: 'Preparing',
	queued: 'Preparing',
	running: 'Processing',
	succeeded: 'Success',
	failed: 'Fail',
	cancelled: 'Fail',
};

const CALLBACK_WORDS: Partial<Record<Phase, string>> = {
	running: 'processing',
	succeeded: 'success',
	failed: 'failed',
};

export const template =
	(world: World): FastifyPluginAsync =>
	async (server) => {
		const view = (task: Task, phase: Phase, word: string, request?: FastifyRequest) => {
			const head = { task_id: task.id, status: word };
			if (phase === 'failed') {
				const code = task.failureCode ?? '1000';
				return { ...head, video_url: '', ...baseResp(Number(code), failureText(code)) };
			}
			if (phase !== 'succeeded') return succeeded({ ...head, video_url: '' });
			const expiresAt = world.clock.now() + world.config().linkSeconds.template * 1000;
			const url = world.links.video(task, expiresAt);
			return succeeded({ ...head, video_url: request ? linkFor(request, url) : url });
		};

		server.post(
			'/v1/video_template_generation',
			{ config: { step: 'create' } },
			async (request) => {
				const key = authenticate(request, v1Refusal);
				const body = parse(bodySchema, request.body, v1Refusal);
				const { price } = check(body);
				await checkCallback(world, body.callback_url, v1Refusal);
				const allText = (body.text_inputs ?? []).map(({ value }) => value).join('\n');
				checkContentAndBalance(allText, key, v1Refusal);
				const task = world.tasks.create({
					id: numericId(),
					vendor: 'minimax',
					kind: 'template',
					key,
					model: body.template_id,
					text: allText,
					request: isRecord(request.body) ? request.body : {},
					...(SIZES['720P'] ?? { width: 0, height: 0 }),
					seconds: 6,
					price: { amount: price, unit: 'USD' },
				});
				const { callback_url: callbackUrl } = body;
				if (callbackUrl) {
					world.callbacks.watch(task, (phase) => {
						const word = CALLBACK_WORDS[phase];
						if (!word) return;
						void world.callbacks.deliver(callbackUrl, JSON.stringify(view(task, phase, word)));
					});
				}
				return succeeded({ task_id: task.id });
			},
		);

		server.get<{ Querystring: { task_id?: string } }>(
			'/v1/query/video_template_generation',
			{ config: { step: 'status' } },
			async (request) => {
				const key = authenticate(request, v1Refusal);
				const task = world.tasks.find('minimax', key, request.query.task_id ?? '', 'template');
				if (!task) throw unknownTask(v1Refusal);
				const { phase } = look(world, request, task);
				return view(task, phase, WORDS[phase], request);
			},
		);
	};
