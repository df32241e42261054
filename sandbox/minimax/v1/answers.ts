import type { Phase, Task } from '../../tasks';
import { baseResp, failureText, succeeded } from '../answers';

export const WORDS: Record<Phase, string> = {
	preparing: 'Preparing',
	queued: 'Queueing',
	running: 'Processing',
	succeeded: 'Success',
	failed: 'Fail',
	cancelled: 'Fail',
};

function failure(task: Task) {
	const code = task.failureCode ?? '1000';
	return baseResp(Number(code), failureText(code));
}

export function view(task: Task, phase: Phase, word: string) {
	const head = { task_id: task.id, status: word };
	if (phase === 'failed') return { ...head, file_id: '', ...failure(task) };
	if (phase !== 'succeeded') return succeeded({ ...head, file_id: '' });
	return succeeded({
		...head,
		file_id: String(task.details?.fileId),
		video_width: task.width,
		video_height: task.height,
	});
}
