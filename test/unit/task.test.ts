import { formatReference, parseReference } from '../../video/reference';
import { taskItem } from '../../video/task';

describe('task references', () => {
	test.each(['minimax:v1:106916112212032', 'runware:video:5ab1e0a4-1', 'toapis:video:tsk:1'])(
		'%s survives the way there and back',
		(text) => {
			const reference = parseReference(text);
			expect(reference && formatReference(reference)).toBe(text);
		},
	);

	test.each(['', 'minimax', 'minimax:v1', 'minimax:v1:', ':v1:1', 'a b:c:d'])(
		'%j is none',
		(text) => expect(parseReference(text)).toBeUndefined(),
	);
});

test('an item begins with what tells videos from each other', () => {
	const reference = { provider: 'minimax', kind: 'v1', id: '1' };
	const task = { reference, model: 'MiniMax-Hailuo-2.3', prompt: 'A boat', videos: [] };
	expect(Object.keys(taskItem({ ...task, status: 'queued' })).slice(0, 3)).toEqual([
		'taskRef',
		'prompt',
		'status',
	]);
});

test('an item leaves out what is not known', () => {
	const reference = { provider: 'minimax', kind: 'v1', id: '1' };
	expect(taskItem({ reference, status: 'queued', videos: [], raw: { big: true } })).toEqual({
		taskRef: 'minimax:v1:1',
		provider: 'minimax',
		taskId: '1',
		status: 'queued',
	});
	const videos = [{ url: 'https://a' }, { url: 'https://b' }];
	expect(taskItem({ reference, status: 'completed', videos }, { simplify: false })).toMatchObject({
		progress: 100,
		videoUrl: 'https://a',
		videos,
	});
});
