/** Integers with fewer digits are exact. */
const longInteger = /^-?[1-9]\d{15,}$/;

/**
 * JSON.parse that keeps integers beyond 2^53 by giving them as strings: MiniMax writes its int64
 * IDs as bare numbers. Takes time in proportion to the text, whatever it holds. Throws SyntaxError.
 */
export function parseJson(text: string): unknown {
	return JSON.parse(/\d{16}/.test(text) ? withLongIntegersQuoted(text) : text);
}

function withLongIntegersQuoted(text: string): string {
	// A number as the whole run, so that the digits of a fraction or an exponent are no integer.
	const tokens = /"|[-\d][\d.eE+-]*/g;
	const parts: string[] = [];
	let copied = 0;
	for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
		const [{ length }] = token;
		const end = token.index + length;
		if (text[token.index] === '"') {
			tokens.lastIndex = afterString(text, end);
		} else if (length >= 16 && losesDigits(token[0]) && !isName(text, end)) {
			parts.push(text.slice(copied, token.index), '"', token[0], '"');
			copied = end;
		}
	}
	parts.push(text.slice(copied));
	return parts.join('');
}

function losesDigits(number: string): boolean {
	return longInteger.test(number) && !Number.isSafeInteger(Number(number));
}

/** Before a colon a number is an error, and a string would not be one. */
function isName(text: string, end: number): boolean {
	const colon = /[ \t\r\n]*:/y;
	colon.lastIndex = end;
	return colon.test(text);
}

/** Where a string ends whose content begins there. */
function afterString(text: string, start: number): number {
	for (let position = start; position < text.length; position++) {
		if (text[position] === '"') return position + 1;
		if (text[position] === '\\') position++;
	}
	return text.length;
}
