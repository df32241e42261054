import { randomInt, randomUUID } from 'node:crypto';

import type { Step } from '../steps';
import type { Phase } from '../tasks';
import {
	accountDetails,
	type Details,
	foundModels,
	head,
	outcomes,
	processing,
	type Served,
} from './answers';
import { checkAccount, checkOrder, readOrder, readSearch, requireTask } from './checks';
import { imageUpload, mediaStorage } from './media';
import { TaskRefusal } from './refusals';
import type { RunwareWorld } from './settings';
import { announce } from './webhooks';

/** One task of an array, and who sends it. */
export interface Asked {
	task: Record<string, unknown>;
	key: string;
	/** Whether every task of the user is to look as it was at first. */
	frozen: boolean;
}

/** What stands in place of a route: all tasks come to one address, and say themselves what they are. */
export interface TaskType {
	step: Step;
	serve(world: RunwareWorld, asked: Asked): Served;
}

function submit(world: RunwareWorld, { task, key }: Asked): Served {
	if (!world.limits.take('runware', key).allowed) {
		throw new TaskRefusal(429, 'rateLimitExceeded', 'The queue is full');
	}
	const order = readOrder(world, task, key);
	checkOrder(world, order, key);
	const { video, width, height, seconds, usd } = order;
	const details: Details = {
		includeCost: video.includeCost,
		ttl: video.ttl,
		checkContent: video.safety?.checkContent ?? false,
		results: Array.from({ length: video.numberResults }, () => ({
			videoUUID: randomUUID(),
			seed: randomInt(1, 2 ** 31),
		})),
	};
	const created = world.tasks.create({
		id: video.taskUUID,
		vendor: 'runware',
		kind: 'video',
		key,
		model: video.model,
		text: video.positivePrompt ?? '',
		request: task,
		width,
		height,
		seconds,
		price: { amount: Math.round(usd * video.numberResults * 1e4) / 1e4, unit: 'USD' },
		results: video.numberResults,
		details: { ...details },
	});
	announce(world, created, video);
	return { items: [{ taskType: 'videoInference', taskUUID: video.taskUUID }] };
}

function getResponse(world: RunwareWorld, { task: request, key, frozen }: Asked): Served {
	const task = requireTask(world, request, key);
	const phase: Phase = frozen ? 'preparing' : world.tasks.phase(task);
	const there = frozen ? [] : world.tasks.resultsByNow(task);
	const { items, errors } = outcomes(world, task, there);
	if (there.length < task.results) {
		items.push(processing(task, phase, frozen ? 0 : world.tasks.progress(task)));
	}
	return { items, errors };
}

function getTaskDetails(world: RunwareWorld, { task: request, key }: Asked): Served {
	const task = requireTask(world, request, key);
	const { items, errors } = outcomes(world, task, world.tasks.resultsByNow(task));
	const response = {
		...((items.length > 0 || errors.length === 0) && { data: items }),
		...(errors.length > 0 && { errors }),
	};
	return { items: [{ ...head(request), request: [task.request], response }] };
}

function accountManagement(world: RunwareWorld, { task, key }: Asked): Served {
	checkAccount(task, key);
	return { items: [{ ...head(task), ...accountDetails(world, key) }] };
}

function modelSearch(_world: RunwareWorld, { task }: Asked): Served {
	const { search, limit, offset } = readSearch(task);
	return { items: [{ ...head(task), ...foundModels(search, limit, offset) }] };
}

export const TASK_TYPES: Record<string, TaskType> = {
	videoInference: { step: 'create', serve: submit },
	getResponse: { step: 'status', serve: getResponse },
	getTaskDetails: { step: 'retrieve', serve: getTaskDetails },
	mediaStorage: {
		step: 'upload',
		serve: (world, { task, key }) => ({ items: [mediaStorage(world, task, key)] }),
	},
	imageUpload: {
		step: 'upload',
		serve: (world, { task, key }) => ({ items: [imageUpload(world, task, key)] }),
	},
	accountManagement: { step: 'account', serve: accountManagement },
	modelSearch: { step: 'account', serve: modelSearch },
	ping: { step: 'account', serve: () => ({ items: [{ taskType: 'ping', pong: true }] }) },
};
