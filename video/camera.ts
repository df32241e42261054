import { quoted } from './text';

/**
 * The 15 camera movements of MiniMax Hailuo, as prompts spell them.
 * Source: https://platform.minimax.io/docs/api-reference/video-generation-t2v (English) and the
 * same page on platform.minimaxi.com (Chinese).
 */
export const cameraMovements = [
	{ value: 'panLeft', directive: 'Pan left', chinese: '左摇' },
	{ value: 'panRight', directive: 'Pan right', chinese: '右摇' },
	{ value: 'pedestalDown', directive: 'Pedestal down', chinese: '下降' },
	{ value: 'pedestalUp', directive: 'Pedestal up', chinese: '上升' },
	{ value: 'pullOut', directive: 'Pull out', chinese: '拉远' },
	{ value: 'pushIn', directive: 'Push in', chinese: '推进' },
	{ value: 'shake', directive: 'Shake', chinese: '晃动' },
	{ value: 'staticShot', directive: 'Static shot', chinese: '固定' },
	{ value: 'tiltDown', directive: 'Tilt down', chinese: '下摇' },
	{ value: 'tiltUp', directive: 'Tilt up', chinese: '上摇' },
	{ value: 'trackingShot', directive: 'Tracking shot', chinese: '跟随' },
	{ value: 'truckLeft', directive: 'Truck left', chinese: '左移' },
	{ value: 'truckRight', directive: 'Truck right', chinese: '右移' },
	{ value: 'zoomIn', directive: 'Zoom in', chinese: '变焦推近' },
	{ value: 'zoomOut', directive: 'Zoom out', chinese: '变焦拉远' },
] as const;

/** Movements in one bracket happen together; the vendors advise at most three. */
export const maxMovementsTogether = 3;

/** No model takes a longer prompt, so that nobody needs a hint behind it. */
const longestPrompt = 10_000;
/** Letters that may be wrong, missing or too many in a directive that is still recognized. */
const nearEnough = 2;

const directives = cameraMovements.map(({ directive }) => directive);
const longestWord = Math.max(...directives.map(({ length }) => length)) + nearEnough;
const known = new Set(
	cameraMovements.flatMap(({ directive, chinese }) => [directive.toLowerCase(), chinese]),
);
const cameraWords =
	/^(pan|pedestal|pull|push|shake|static|tilt|track|tracking|truck|zoom|dolly|crane)\b/i;

/** The directive of a movement's value (`pushIn`), or undefined for an unknown value. */
export function directiveOf(value: string): string | undefined {
	return cameraMovements.find((movement) => movement.value === value)?.directive;
}

/** Whether a prompt already holds at least one of the 15 directives, English or Chinese. */
export function hasDirectives(prompt: string): boolean {
	return brackets(prompt).some((words) => words.some((word) => known.has(word.toLowerCase())));
}

/**
 * The prompt with ordered camera steps at its end: `... [Push in,Pan left] [Static shot]`.
 * Each step is a list of movement values; an empty step is left out.
 */
export function withCameraSteps(
	prompt: string,
	steps: readonly (readonly string[])[],
	separator = ',',
): string {
	const written = steps
		.map((step) => step.map((value) => directiveOf(value) ?? value))
		.filter((step) => step.length > 0)
		.map((step) => `[${step.join(separator)}]`);
	return [prompt.trimEnd(), ...written].filter((part) => part !== '').join(' ');
}

/** What is probably meant otherwise in the directives of a prompt, one sentence each. */
export function directiveHints(prompt: string): string[] {
	return brackets(prompt.slice(0, longestPrompt)).flatMap((words) => {
		const unknown = words.filter(
			(word) => !known.has(word.toLowerCase()) && (cameraWords.test(word) || isNear(word)),
		);
		const hints = unknown.map(
			(word) =>
				`[${quoted(word)}] in the prompt is not a camera movement that Hailuo knows. Did you mean [${nearest(word).directive}]?`,
		);
		const movements = words.filter((word) => known.has(word.toLowerCase()));
		if (movements.length > maxMovementsTogether) {
			hints.push(
				`[${quoted(words.join(','))}] in the prompt combines ${movements.length} camera movements. Use at most ${maxMovementsTogether} in one bracket.`,
			);
		}
		return hints;
	});
}

/** The words of each pair of brackets that holds no other. */
function brackets(prompt: string): string[][] {
	return [...prompt.matchAll(/[[【]([^[\]【】]*)[\]】]/g)].map(([, inside]) =>
		inside
			.split(/[,，、]/)
			.map((word) => word.trim())
			.filter((word) => word !== ''),
	);
}

function isNear(word: string): boolean {
	return word.length <= longestWord && nearest(word).distance <= nearEnough;
}

/** The directive that is most like the beginning of a text. */
function nearest(text: string): { directive: string; distance: number } {
	const word = text.slice(0, longestWord).toLowerCase();
	return directives
		.map((directive) => ({ directive, distance: distance(word, directive.toLowerCase()) }))
		.reduce((best, one) => (one.distance < best.distance ? one : best));
}

/** Levenshtein distance. */
function distance(one: string, other: string): number {
	let row = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const change = one[i - 1] === other[j - 1] ? 0 : 1;
			next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + change);
		}
		row = next;
	}
	return row[other.length];
}
