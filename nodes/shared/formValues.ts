import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../video/failure';
import { list } from '../../video/list';
import { quoted } from '../../video/text';

/** The fields of a collection by their names; one that the person has not added is absent. */
export type Fields = Readonly<Record<string, unknown>>;

export function readCollection(context: IExecuteFunctions, item: number, name: string): Fields {
	return context.getNodeParameter(name, item, {}) as Fields;
}

/** The entries of a list that the person fills, in order. */
export function readList(context: IExecuteFunctions, item: number, name: string): Fields[] {
	const { items = [] } = readCollection(context, item, name);
	return items as Fields[];
}

/** A text without the spaces around it; empty for an expression that gives nothing. */
export function readText(context: IExecuteFunctions, item: number, name: string, fallback = '') {
	return String(context.getNodeParameter(name, item, fallback) ?? '').trim();
}

/** A switch of the form, also as the word of an expression. Throws InputError. */
export function readSwitch(value: unknown, label: string): boolean {
	const on = asSwitch(value);
	if (on === undefined) throw notUsable(label, value, 'Use true or false.');
	return on;
}

/** A switch of a collection. An expression that gives nothing is not the same as no option. */
export function readOption(
	options: Fields,
	name: string,
	label: string,
	fallback: boolean,
): boolean {
	return name in options ? readSwitch(options[name], label) : fallback;
}

/** A switch of the node itself. n8n gives `fallback` for one that is absent, never for undefined. */
export function readField(
	context: IExecuteFunctions,
	item: number,
	name: string,
	label: string,
	fallback: boolean,
): boolean {
	return readSwitch(context.getNodeParameter(name, item, fallback), label);
}

interface NumberRules {
	readonly label: string;
	readonly advice: string;
	allows(number: number): boolean;
}

export function readNumber(
	fields: Fields,
	name: string,
	fallback: number,
	{ label, advice, allows }: NumberRules,
): number {
	if (!(name in fields)) return fallback;
	const number = asNumber(fields[name]);
	if (number === undefined || !allows(number)) throw notUsable(label, fields[name], advice);
	return number;
}

/**
 * The choice that a value means, by its value or its label, in any case: expressions often give what
 * people read. Throws InputError where it means none.
 */
export function readChoice<T extends string>(
	value: unknown,
	labels: Readonly<Record<T, string>>,
	label: string,
	verb: 'Choose' | 'Use' = 'Use',
): T {
	const choices = Object.keys(labels) as T[];
	const means = (choice: T) => [choice, labels[choice]].some((name) => isSame(name, String(value)));
	const chosen = typeof value === 'string' ? choices.find(means) : undefined;
	if (chosen !== undefined) return chosen;
	throw notUsable(label, value, `${verb} ${list(Object.values(labels))}.`);
}

/** The same word but for case, spaces and dashes, e.g. “Text to Video” and textToVideo. */
export function isSame(one: string, other: string): boolean {
	return plain(one) === plain(other);
}

/** What a field holds that leaves the choice to the node or the vendor, by value or label. */
export function isAutomatic(text: string): boolean {
	return text === '' || /^auto(matic( \(.*\))?)?$/i.test(text);
}

const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '');

/** Says what a field holds that cannot be used. */
export function notUsable(label: string, value: unknown, advice: string): InputError {
	return new InputError(`${label} is ${shown(value)}`, advice);
}

function shown(value: unknown): string {
	if (typeof value === 'object' && value !== null) return 'a list or an object';
	const text = quoted(String(value ?? ''));
	return text === '' ? 'empty' : `“${text}”`;
}

/** A finite number, also one that an expression gives as text. */
export function asNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && isPlainNumber(value.trim()) ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function isPlainNumber(text: string): boolean {
	return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text);
}

const switchWords = new Map([
	...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
	...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

export function asSwitch(value: unknown): boolean | undefined {
	if (typeof value !== 'boolean' && typeof value !== 'string' && typeof value !== 'number') {
		return undefined;
	}
	return switchWords.get(String(value).trim().toLowerCase());
}

/** One of the values of a drop-down. Throws InputError. */
export function oneOf<Word extends string>(
	value: unknown,
	words: readonly Word[],
	fallback: Word,
	label: string,
): Word {
	const chosen = value === undefined ? fallback : words.find((word) => word === value);
	if (chosen !== undefined) return chosen;
	throw notUsable(label, value, `Use ${words.join(', ')}.`);
}
