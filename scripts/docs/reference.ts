import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { findTemplate } from '../../providers/minimax/templates';
import { fieldsInside } from './fields';
import { packageCredentials, packageNodes } from '../../harness/package';
import { table } from '../../harness/markdown';
import { generatedNote } from './models';

/** docs/reference.md: every node with every field, from the descriptions that the editor shows. */
export async function referencePage(): Promise<string> {
	const nodes = await packageNodes();
	const credentials = await packageCredentials();
	return `# Reference

${generatedNote}

Every node and every field, as the editor shows them. What the vendors make is in [models.md](models.md).

${nodes.map(({ description }) => nodeSection(description)).join('\n\n')}

## Credentials

${table(
	['Credential', 'Type', 'Fields', 'Vendor page'],
	credentials.map(({ displayName, name, properties, documentationUrl }) => [
		displayName,
		`\`${name}\``,
		properties.map((property) => `${property.displayName} (\`${property.name}\`)`).join(', '),
		documentationUrl ? `<${documentationUrl}>` : '',
	]),
)}
`;
}

function nodeSection(description: INodeTypeDescription): string {
	const fields = description.properties.filter(({ type }) => type !== 'notice');
	return `## ${description.displayName}

Type \`n8n-nodes-hailuo.${description.name}\`. ${description.description}.

${table(
	['Field', 'Name', 'Type', 'Default', 'Shown', 'What it does'],
	fields.flatMap((field) => rows(field)),
)}`;
}

function rows(field: INodeProperties, indent = ''): string[][] {
	const own = [
		`${indent}${field.displayName}`,
		`\`${field.name}\``,
		typeText(field),
		defaultText(field.default),
		shownText(field),
		[asSentence(field.description), choices(field)].filter((text) => text !== '').join(' '),
	];
	return [own, ...fieldsInside(field).flatMap((inner) => rows(inner, `${indent}→ `))];
}

/** n8n writes single sentences without a period. */
function asSentence(text = ''): string {
	return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function typeText({ type, typeOptions }: INodeProperties): string {
	if (typeOptions?.loadOptionsMethod) return 'drop-down';
	return (
		{
			options: 'drop-down',
			multiOptions: 'several choices',
			resourceLocator: 'list or ID',
			fixedCollection: 'list',
		}[type as string] ?? type
	);
}

function defaultText(value: INodeProperties['default']): string {
	if (value === undefined || value === '' || typeof value === 'object') return '';
	return `\`${String(value)}\``;
}

function shownText({ displayOptions }: INodeProperties): string {
	const conditions = (rule: 'show' | 'hide', word: string) => {
		const parts = Object.entries(displayOptions?.[rule] ?? {}).map(([name, values]) => {
			const wanted = (values as unknown[]).map(valueText).join(' or ');
			return `\`${name.replace(/^\//, '')}\` is ${wanted}`;
		});
		// All conditions show a field together; each one alone hides it.
		const and = rule === 'show' ? ' and ' : ', or ';
		return parts.length > 0 ? [`${word} ${parts.join(and)}`] : [];
	};
	return [...conditions('show', 'when'), ...conditions('hide', 'unless')].join(', ');
}

/** A template is known by its name, every other value as it is saved. */
function valueText(value: unknown): string {
	return findTemplate(String(value))?.name ?? `\`${String(value)}\``;
}

function choices({ type, options = [], typeOptions }: INodeProperties): string {
	if (type !== 'options' && type !== 'multiOptions') return '';
	if (typeOptions?.loadOptionsMethod) return 'The list follows the choices above it.';
	const values = (options as INodePropertyOptions[]).map(
		({ name, value }) => `${name} (\`${String(value)}\`)`,
	);
	return `Choices: ${values.join(', ')}.`;
}
