import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { providers } from '../../providers';
import type { Capability, Output } from '../../video/capabilities';
import type { Provider } from '../../video/provider';
import type { SettingName } from '../../video/request';
import { runNode } from '../../harness/engine/runNode';
import { simulateTime } from '../../harness/engine/simulatedTime';
import { sandboxKeys } from '../../harness/engine/additionalData';
import { sandbox, useSandbox } from './world';

/**
 * The capability tables against the sandbox, which was written from the vendors' pages and shares no
 * code with them: what the form allows is accepted, one step outside is refused before a request.
 */
useSandbox(simulateTime(), { rateLimits: false });

const credentials = () => sandboxKeys(sandbox);

interface Choice {
	readonly provider: Provider;
	readonly row: Capability;
	readonly output: Output;
	readonly duration: number;
}

const choices: Choice[] = providers.flatMap((provider) =>
	provider.capabilities.flatMap((row) =>
		row.outputs.flatMap((output) =>
			output.durations.map((duration) => ({ provider, row, output, duration })),
		),
	),
);

/** Callbacks are left out: the sandbox calls back, and there is nobody to answer. */
const settingValues: Partial<Record<SettingName, unknown>> = {
	promptOptimizer: 'off',
	fastPretreatment: true,
	aigcWatermark: true,
	outputFormat: 'WEBM',
	outputQuality: 80,
	numberResults: 3,
	fps: 25,
	ttl: 600,
	safetyMode: 'fast',
	includeCost: true,
};

const url = 'https://example.com/picture.jpg';

function formOf(
	{ provider, row, output, duration }: Choice,
	options: INodeParameters,
	automatic: boolean,
): INodeParameters {
	const takesOutput = row.takesOutput && !automatic;
	return {
		provider: provider.id,
		mode: row.mode,
		model: row.model,
		prompt: 'A paper boat drifts down a rainy street',
		resolution: takesOutput ? output.resolution : 'auto',
		duration: takesOutput ? duration : 0,
		firstFrameUrl: url,
		lastFrameUrl: url,
		subjectUrl: url,
		references: { items: [{ kind: 'image', source: 'url', url }] },
		waitForCompletion: false,
		options,
	};
}

/** By number, so that a counterexample is one line. */
const choice = fc.nat({ max: choices.length - 1 });
const settings = fc.subarray(Object.keys(settingValues) as SettingName[]);

test('what the form allows, the vendor accepts', async () => {
	await fc.assert(
		fc.asyncProperty(choice, settings, fc.boolean(), async (number, wished, automatic) => {
			const chosen = choices[number];
			sandbox.reset();
			const options = Object.fromEntries(
				wished
					.filter((name) => chosen.row.settings.includes(name))
					.map((name) => [name, settingValues[name]]),
			) as INodeParameters;
			const { items, error } = await runNode({
				parameters: formOf(chosen, options, automatic),
				credentials: credentials(),
			});
			expect(error).toBeUndefined();
			expect(items[0].json).toMatchObject({
				provider: chosen.provider.id,
				model: chosen.row.model,
				taskRef: expect.stringMatching(new RegExp(`^${chosen.provider.id}:`)),
			});
			expect(sandbox.tasks()).toHaveLength(1);
		}),
		{ numRuns: 250 },
	);
}, 120_000);

const wrongs: Array<(chosen: Choice) => INodeParameters | undefined> = [
	// The form hides Resolution and Duration for S2V-01, and n8n drops what is hidden.
	({ row }) => (row.takesOutput ? { resolution: '333P' } : undefined),
	({ output, row }) =>
		row.takesOutput
			? { resolution: output.resolution, duration: Math.max(...output.durations) + 1 }
			: undefined,
	({ row }) => (row.prompt.required ? { prompt: ' ' } : undefined),
	({ row }) => ({ prompt: 'x'.repeat(row.prompt.maxLength + 1) }),
	({ row }) => (row.frames.includes('firstFrame') ? { firstFrameUrl: '' } : undefined),
	({ row }) => (row.frames.includes('lastFrame') ? { lastFrameUrl: 'no link' } : undefined),
	({ row }) => (row.frames.includes('subject') ? { subjectUrl: '' } : undefined),
	({ row }) => (row.references ? { references: {} } : undefined),
	({ row }) =>
		row.references
			? {
					references: {
						items: Array.from({ length: row.references.image + 1 }, () => ({
							kind: 'image',
							source: 'url',
							url,
						})),
					},
				}
			: undefined,
];

test('one step outside is refused with a sentence before a request', async () => {
	await fc.assert(
		fc.asyncProperty(choice, fc.nat({ max: wrongs.length - 1 }), async (number, wrong) => {
			const chosen = choices[number];
			const change = wrongs[wrong](chosen);
			fc.pre(change !== undefined);
			sandbox.reset();
			const { error } = await runNode({
				parameters: { ...formOf(chosen, {}, false), ...change },
				credentials: credentials(),
			});
			expect(error?.message).toMatch(/^[A-Z].{10}/);
			expect(`${error?.message} ${error?.description}`).toMatch(
				/Choose|Describe|Shorten|Give|Set|Use|needs|takes/,
			);
			expect(sandbox.requests()).toHaveLength(0);
		}),
		{ numRuns: 250 },
	);
}, 120_000);

test('every model in every mode of every vendor makes a video', async () => {
	const rows = providers.flatMap((provider) =>
		provider.capabilities.map((row) => ({ provider, row })),
	);
	sandbox.reset();
	sandbox.configure({ secondsPerTask: 1 });
	const { items, error } = await runNode({
		parameters: {
			references: { items: [{ kind: 'image', source: 'url', url }] },
			...Object.fromEntries(
				['provider', 'mode', 'model', 'prompt', 'firstFrameUrl', 'lastFrameUrl', 'subjectUrl'].map(
					(name) => [name, `={{ $json.${name} }}`],
				),
			),
		},
		items: rows.map(({ provider, row }) => ({
			json: formOf({ provider, row, output: row.outputs[0], duration: 0 }, {}, true) as IDataObject,
		})),
		credentials: credentials(),
	});
	expect(error).toBeUndefined();
	expect(items.map(({ json }) => [json.provider, json.mode, json.model, json.status])).toEqual(
		rows.map(({ provider, row }) => [provider.id, row.mode, row.model, 'completed']),
	);
	const withoutFile = items.filter(({ binary }) => binary?.data.mimeType !== 'video/mp4');
	expect(withoutFile).toEqual([]);
}, 120_000);
