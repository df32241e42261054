import type { INodeType, INodeProperties } from 'n8n-workflow';
import type { Provider } from '../../video/provider';
import { toapis } from '../../providers/toapis';

/** A vendor as CONTRIBUTING describes it: a folder of its own, and a line in the registry. */
const scratch: Provider = {
	...toapis,
	id: 'scratch',
	name: 'Scratch',
	credential: 'hailuoScratchApi',
	documentation: 'https://scratch.example.com/docs',
	list: async () => ({ tasks: [] }),
};

jest.mock('../../providers', () => {
	const registry = jest.requireActual<{ providers: readonly Provider[] }>('../../providers');
	const providers = [...registry.providers, scratch];
	const findProvider = (id: string) => providers.find((provider) => provider.id === id);
	return { providers, findProvider };
});

async function nodes(): Promise<Record<string, INodeType>> {
	const { HailuoGenerateVideo } = await import(
		'../../nodes/HailuoGenerateVideo/HailuoGenerateVideo.node'
	);
	const { HailuoQueryTask } = await import('../../nodes/HailuoQueryTask/HailuoQueryTask.node');
	const { HailuoTrigger } = await import('../../nodes/HailuoTrigger/HailuoTrigger.node');
	const { HailuoCallbackTrigger } = await import(
		'../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node'
	);
	return {
		callbackTrigger: new HailuoCallbackTrigger(),
		generate: new HailuoGenerateVideo(),
		query: new HailuoQueryTask(),
		trigger: new HailuoTrigger(),
	};
}

const valuesOf = (properties: readonly INodeProperties[], name: string) =>
	properties
		.filter((property) => property.name === name)
		.flatMap(({ options = [] }) =>
			options.map((option) => ('value' in option ? option.value : '')),
		);

test('every node takes its credential, and shows it for its own tasks only', async () => {
	for (const { description } of Object.values(await nodes())) {
		const credential = description.credentials?.find(({ name }) => name === scratch.credential);
		expect(credential?.displayName).toMatch(/^Credential for Scratch( \(If Used\))?$/);
		const others = description.credentials?.find(({ name }) => name === toapis.credential);
		const hides = others?.displayOptions?.hide?.provider;
		if (hides) expect(hides).toContain('scratch');
	}
});

test('every form offers it', async () => {
	const { generate, query, trigger } = await nodes();
	for (const { description } of [generate, trigger]) {
		expect(valuesOf(description.properties, 'provider')).toContain('scratch');
	}
	const { getProviders } = query.methods?.loadOptions ?? {};
	const offered = await getProviders.call({ getCurrentNodeParameter: () => 'get' } as never);
	expect(offered.map(({ value }) => value)).toContain('scratch');
});

test('the drop-downs, the options and the pages come from its capability table', async () => {
	const { dropDowns } = await import('../../nodes/HailuoGenerateVideo/generateDropDowns');
	const context = {
		getCurrentNodeParameter: (name: string) => ({ provider: 'scratch', mode: 'textToVideo' })[name],
	};
	const models = await dropDowns.getModels.call(context as never);
	expect(models.map(({ value }) => value)).toContain('MiniMax-Hailuo-2.3');
	const { generateOptions } = await import('../../nodes/shared/options');
	const watermark = (generateOptions.options as INodeProperties[]).find(
		({ name }) => name === 'aigcWatermark',
	);
	expect(watermark?.displayOptions?.show?.['/provider']).toContain('scratch');
	const { generatedPages } = await import('../../scripts/docs/write');
	const pages = await generatedPages();
	expect(pages['models.md']).toContain('Scratch');
});

test('its references are known', async () => {
	const { isKnown } = await import('../../nodes/HailuoTrigger/vendors');
	expect(isKnown({ provider: 'scratch', kind: 'video', id: '1' })).toBe(true);
});

test('each vendor of the registry has its other parts', async () => {
	const { providers } = jest.requireActual<{ providers: readonly Provider[] }>('../../providers');
	const { vendors } = await import('../../sandbox');
	const { packageCredentials } = await import('../../harness/package');
	const { taskKinds } = await import('../support/vendors');
	const { examples } = await import('../contract/examples');
	const names = providers.map(({ id }) => id).sort();
	expect(vendors.map(({ name }) => name as string).sort()).toEqual(names);
	expect([...new Set(examples.map(({ provider }) => provider))].sort()).toEqual(names);
	expect(taskKinds.map(({ vendor, kind }) => `${vendor} ${kind}`).sort()).toEqual(
		providers.flatMap(({ id, kinds }) => kinds.map(({ kind }) => `${id} ${kind}`)).sort(),
	);
	const credentials = (await packageCredentials()).map(({ name }) => name);
	expect(credentials).toEqual(
		expect.arrayContaining(providers.map(({ credential }) => credential)),
	);
});
