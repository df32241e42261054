import {
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	NodeHelpers,
} from 'n8n-workflow';
import { fieldsOf } from '../../scripts/docs/fields';
import { packageCredentials, packageNodes } from '../../harness/package';
import { providers } from '../../providers';
import { modeNames } from '../../video/request';
import { type NodeOutcome, type NodeRun, runNode } from '../../harness/engine/runNode';

/** Words of our messages with a capital that are no label: most of them begin a sentence. */
const plainWords = new Set(
	[
		'Ask At Buy Check Choose Compare Describe Did Download Enter Estimated Give Hailuo If It Keys No Nothing',
		'Only Open Providers Put Raise Remove Run Set Shorten Tasks The This Top Use Video WebP Width',
	].flatMap((words) => words.split(' ')),
);

/** A vendor's or a person's own words, addresses, and whatever has a digit as models have. */
const foreign = /“[^”]*”|\[[^\]]*\]|https?:\S+|\S*\d\S*/g;

const labelsIn = (properties: readonly INodeProperties[]): string[] =>
	fieldsOf(properties).flatMap(({ field: { displayName, options = [] } }) => [
		displayName,
		// The fields of one picture share its name.
		displayName.replace(/ Source$/, ''),
		...options.map((choice) => ('displayName' in choice ? choice.displayName : choice.name)),
	]);

/** Choices of drop-downs that are loaded. */
const loadedChoices = [...Object.values(modeNames), 'From Task Reference'];

/** Whatever a message about a node may call by its name: fields and their choices, vendors. */
async function namesFor(type: string): Promise<string[]> {
	const node = (await packageNodes()).find(({ description }) => description.name === type);
	if (!node) throw new Error(`There is no node ${type}`);
	const credentials = await packageCredentials();
	return [
		...labelsIn(node.description.properties),
		...(node.description.credentials ?? []).flatMap(({ displayName = '' }) => [
			displayName,
			displayName.replace(/ \(If Used\)$/, ''),
		]),
		...credentials.flatMap(({ properties }) => labelsIn(properties)),
		...loadedChoices,
		...providers.map(({ name }) => name),
	]
		.filter((name) => name !== '')
		.sort((one, other) => other.length - one.length);
}

/** Words in a message that look like a label and are none of the node's form. */
export async function inventedLabels(type: string, message: string): Promise<string[]> {
	const names = (await namesFor(type)).map((name) => name.replace(/[()]/g, '\\$&'));
	const known = new RegExp(`(?<!\\p{L})(${names.join('|')})(?!\\p{L})`, 'gu');
	const rest = message.replace(foreign, ' ').replace(known, ' ');
	return (rest.match(/\p{L}+/gu) ?? []).filter(
		(word) => /^\p{Lu}.*\p{Ll}/u.test(word) && !plainWords.has(word),
	);
}

/** The credentials that the form of a node asks for with these values. */
export function shownCredentials({ description }: INodeType, values: INodeParameters): string[] {
	const node = { typeVersion: 1 };
	const { properties, credentials = [] } = description;
	const filled = NodeHelpers.getNodeParameters(properties, values, true, false, node, description);
	return credentials
		.filter((one) => NodeHelpers.displayParameter(filled ?? {}, one, node, description))
		.map(({ name }) => name);
}

/** Runs a node, and reads all that it says to people. */
export async function runAndRead(run: NodeRun): Promise<NodeOutcome> {
	const outcome = await runNode(run);
	await expectLabels(run.type ?? 'hailuoGenerateVideo', outcome);
	return outcome;
}

/** Reads what a node has said to people. */
export async function expectLabels(
	type: string,
	{ error, hints = [] }: Partial<Pick<NodeOutcome, 'error' | 'hints'>>,
) {
	for (const message of [error?.message, error?.description, ...hints]) {
		const invented = await inventedLabels(type, message ?? '');
		expect({ message, invented }).toEqual({ message, invented: [] });
	}
}
