import type { Phase, Task } from '../../tasks';
import { taskAnswer } from '../answers';

export const WORDS: Record<Phase, string> = {
	preparing: 'Preparing',
	queued: 'Queueing',
	running: 'Processing',
	succeeded: 'Success',
	failed: 'Fail',
	cancelled: 'Fail',
};

export const view = (task: Task, phase: Phase, word: string) =>
	taskAnswer(
		task,
		phase,
		word,
		{ file_id: '' },
		{
			file_id: String(task.details?.fileId),
			video_width: task.width,
			video_height: task.height,
		},
	);
