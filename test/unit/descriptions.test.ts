import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { packageCredentials, packageNodes } from '../../harness/package';
import { fieldsOf, type NodeField } from '../../scripts/docs/fields';

let nodes: INodeTypeDescription[];

beforeAll(async () => {
	nodes = (await packageNodes()).map(({ description }) => description);
});

const eachField = (check: (field: NodeField, node: INodeTypeDescription) => void) => {
	for (const node of nodes) for (const field of fieldsOf(node.properties)) check(field, node);
};

const complaints = (test: (field: NodeField) => boolean) => {
	const found: string[] = [];
	eachField((field, { name }) => {
		if (test(field)) found.push(`${name}: ${field.path}`);
	});
	return found;
};

test('every field has a description that says more than its label', () => {
	expect(
		complaints(
			({ field }) =>
				field.type !== 'notice' && (!field.description || field.description === field.displayName),
		),
	).toEqual([]);
});

test('booleans begin with Whether, placeholders of values with e.g.', () => {
	expect(
		complaints(
			({ field }) => field.type === 'boolean' && !field.description?.startsWith('Whether '),
		),
	).toEqual([]);
	expect(
		complaints(
			({ field }) =>
				['string', 'number'].includes(field.type) &&
				field.placeholder !== undefined &&
				!field.placeholder.startsWith('e.g. '),
		),
	).toEqual([]);
});

test('defaults are among the options of a drop-down', () => {
	expect(
		complaints(({ field }) => {
			if (field.type !== 'options' || field.typeOptions?.loadOptionsMethod) return false;
			const values = (field.options as INodePropertyOptions[]).map(({ value }) => value);
			return !values.includes(field.default as string);
		}),
	).toEqual([]);
});

test('conditions name fields that exist, with values that they can have', () => {
	for (const node of nodes) {
		const names = new Set(fieldsOf(node.properties).map(({ field }) => field.name));
		eachField(({ path, field }, owner) => {
			if (owner !== node) return;
			const conditions = { ...field.displayOptions?.show, ...field.displayOptions?.hide };
			for (const name of Object.keys(conditions)) {
				expect([path, names.has(name.replace(/^\//, ''))]).toEqual([path, true]);
			}
		});
	}
});

test('option names are in title case and sorted where the list is long', () => {
	eachField(({ path, field }) => {
		if (field.type !== 'collection') return;
		const labels = (field.options as INodeProperties[]).map(({ displayName }) => displayName);
		if (labels.length < 5) return;
		const sorted = [...labels].sort((one, other) => one.localeCompare(other));
		expect([path, labels]).toEqual([path, sorted]);
	});
});

test('names and defaults of the saved workflow do not change unnoticed', () => {
	const contract = nodes.map((node) => ({
		node: node.name,
		credentials: node.credentials?.map(({ name }) => name),
		fields: Object.fromEntries(
			fieldsOf(node.properties).map(({ path, field }) => [
				path,
				{ type: field.type, default: field.default },
			]),
		),
	}));
	expect(contract).toMatchSnapshot();
});

test('every node has an icon for light and dark, a subtitle and a codex file', async () => {
	for (const node of nodes) {
		expect(node.icon).toEqual({
			light: expect.stringMatching(/\.svg$/),
			dark: expect.stringMatching(/\.dark\.svg$/),
		});
		expect(node.subtitle).toMatch(/^=/);
		const folder = node.name.charAt(0).toUpperCase() + node.name.slice(1);
		const codex = (await import(`../../nodes/${folder}/${folder}.node.json`)) as {
			node: string;
			alias: string[];
		};
		expect(codex.node).toBe(`n8n-nodes-hailuo.${node.name}`);
		expect(codex.alias).toEqual(expect.arrayContaining(['hailuo', 'ai video']));
	}
});

test('every credential hides its key', async () => {
	for (const { properties } of await packageCredentials()) {
		const [key] = properties;
		expect(key).toMatchObject({ name: 'apiKey', required: true, typeOptions: { password: true } });
	}
});

test('no credential takes the name of one of n8n’s own', async () => {
	const names = (await packageCredentials()).map(({ name }) => name);
	expect(names).not.toContain('minimaxApi');
	for (const name of names) expect(name).toMatch(/^hailuo\w+Api$/);
});
