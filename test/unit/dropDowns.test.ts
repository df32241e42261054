import { dropDowns } from '../../nodes/HailuoGenerateVideo/generateDropDowns';
import { searchTemplates } from '../../nodes/HailuoTemplateVideo/searchTemplates';

/** A form of Generate Video at MiniMax. */
const form = (chosen: Record<string, unknown>) =>
	({
		getCurrentNodeParameter: (name: string) =>
			({ provider: 'minimax', mode: 'textToVideo', model: 'auto', ...chosen })[name],
	}) as never;

test('a template says its price before n8n cuts its line', async () => {
	const { results } = await searchTemplates.call({ getNode: () => ({}) } as never);
	expect(results.length).toBeGreaterThan(10);
	const [first] = results.filter(({ name }) => name.startsWith('Run for Life'));
	expect(first.name).toBe(
		'Run for Life ($0.45, image and text): a pet flees from the beast that the text names',
	);
});

test.each([
	[{ resolution: 'auto' }, '6 or 10 s, $0.28 to $0.56', '$0.28'],
	[{ resolution: '1080P' }, '6 or 10 s, $0.28 to $0.56', '$0.49'],
	[{ model: 'T2V-01', resolution: 'auto' }, '6 s', undefined],
])('what Automatic costs with %j', async (chosen, ofResolution, ofDuration) => {
	const [resolution] = await dropDowns.getResolutions.call(form(chosen));
	expect(resolution).toMatchObject({ value: 'auto', description: ofResolution });
	const [duration] = await dropDowns.getDurations.call(form(chosen));
	expect(duration).toMatchObject({ value: 0, description: ofDuration });
});

test('the models that people want come before the older ones', async () => {
	const models = await dropDowns.getModels.call(form({}));
	expect(models.map(({ value }) => value)).toEqual([
		'auto',
		'MiniMax-Hailuo-2.3',
		'MiniMax-Hailuo-02',
		'MiniMax-H3',
		'MiniMax-H3-Max',
		'T2V-01-Director',
		'T2V-01',
	]);
});
