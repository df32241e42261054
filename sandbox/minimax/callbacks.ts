import type { Phase, Task } from '../tasks';
import type { MiniMaxWorld } from './settings';

/** Callbacks of V1 and of templates are in lower case, and have fewer words than their queries. */
const WORDS: Partial<Record<Phase, string>> = {
	running: 'processing',
	succeeded: 'success',
	failed: 'failed',
};

/** Sends what `view` shows of the task at each change, if the create named a URL. */
export function callBack(
	world: MiniMaxWorld,
	task: Task,
	url: string | undefined,
	view: (phase: Phase, word: string) => object,
): void {
	if (!url) return;
	world.callbacks.watch(task, (phase) => {
		const word = WORDS[phase];
		if (word) void world.callbacks.tell(task, url, JSON.stringify(view(phase, word)));
	});
}
