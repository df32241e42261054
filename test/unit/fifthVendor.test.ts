import type { INodeProperties } from 'n8n-workflow';
import { packageCredentials } from '../../harness/package';
import { HailuoCallbackTrigger } from '../../nodes/HailuoCallbackTrigger/HailuoCallbackTrigger.node';
import { dropDowns } from '../../nodes/HailuoGenerateVideo/generateDropDowns';
import { HailuoGenerateVideo } from '../../nodes/HailuoGenerateVideo/HailuoGenerateVideo.node';
import { HailuoQueryTask } from '../../nodes/HailuoQueryTask/HailuoQueryTask.node';
import { HailuoTrigger } from '../../nodes/HailuoTrigger/HailuoTrigger.node';
import { isKnown } from '../../nodes/HailuoTrigger/vendors';
import { generateOptions } from '../../nodes/shared/options';
import { toapis } from '../../providers/toapis';
import { vendors } from '../../sandbox';
import { generatedPages } from '../../scripts/docs/write';
import type { Provider } from '../../video/provider';
import { taskKinds, testedVendors } from '../support/vendors';

type Registry = { readonly providers: readonly Provider[] };

/** A vendor as CONTRIBUTING describes it: a folder of its own, and a line in the registry. */
jest.mock('../../providers', () => {
	const registry = jest.requireActual<Registry>('../../providers');
	const scratch: Provider = {
		...(registry.providers.find(({ id }) => id === 'toapis') as Provider),
		id: 'scratch',
		name: 'Scratch',
		credential: 'hailuoScratchApi',
		documentation: 'https://scratch.example.com/docs',
		list: async () => ({ tasks: [] }),
	};
	const providers = [...registry.providers, scratch];
	const findProvider = (id: string) => providers.find((provider) => provider.id === id);
	return { providers, listingProviders: providers.filter(({ list }) => list), findProvider };
});

const generate = new HailuoGenerateVideo();
const query = new HailuoQueryTask();
const trigger = new HailuoTrigger();

const valuesOf = (properties: readonly INodeProperties[], name: string) =>
	properties
		.filter((property) => property.name === name)
		.flatMap(({ options = [] }) =>
			options.map((option) => ('value' in option ? option.value : '')),
		);

test('every node takes its credential, and shows it for its own tasks only', () => {
	for (const { description } of [new HailuoCallbackTrigger(), generate, query, trigger]) {
		const credential = description.credentials?.find(({ name }) => name === 'hailuoScratchApi');
		expect(credential?.displayName).toMatch(/^Credential for Scratch( \(If Used\))?$/);
		const others = description.credentials?.find(({ name }) => name === toapis.credential);
		const hides = others?.displayOptions?.hide?.provider;
		if (hides) expect(hides).toContain('scratch');
	}
});

test('every form offers it', async () => {
	for (const { description } of [generate, trigger]) {
		expect(valuesOf(description.properties, 'provider')).toContain('scratch');
	}
	const { getProviders } = query.methods.loadOptions;
	const offered = await getProviders.call({ getCurrentNodeParameter: () => 'get' } as never);
	expect(offered.map(({ value }) => value)).toContain('scratch');
});

test('the drop-downs, the options and the pages come from its capability table', async () => {
	const context = {
		getCurrentNodeParameter: (name: string) => ({ provider: 'scratch', mode: 'textToVideo' })[name],
	};
	const models = await dropDowns.getModels.call(context as never);
	expect(models.map(({ value }) => value)).toContain('MiniMax-Hailuo-2.3');
	const watermark = (generateOptions.options as INodeProperties[]).find(
		({ name }) => name === 'aigcWatermark',
	);
	expect(watermark?.displayOptions?.show?.['/provider']).toContain('scratch');
	const pages = await generatedPages();
	expect(pages['models.md']).toContain('Scratch');
});

test('its references are known', () => {
	expect(isKnown({ provider: 'scratch', kind: 'video', id: '1' })).toBe(true);
});

test('each vendor of the registry has its other parts', async () => {
	const { providers } = jest.requireActual<Registry>('../../providers');
	const names = providers.map(({ id }) => id).sort();
	expect(vendors.map(({ name }) => name as string).sort()).toEqual(names);
	expect(testedVendors.map(({ vendor }) => vendor as string).sort()).toEqual(names);
	expect(taskKinds.map(({ vendor, kind }) => `${vendor} ${kind}`).sort()).toEqual(
		providers.flatMap(({ id, kinds }) => kinds.map(({ kind }) => `${id} ${kind}`)).sort(),
	);
	const credentials = (await packageCredentials()).map(({ name }) => name);
	expect(credentials).toEqual(
		expect.arrayContaining(providers.map(({ credential }) => credential)),
	);
});
