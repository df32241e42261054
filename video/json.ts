const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

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
	const parts: string[] = [];
	let copied = 0;
	let position = 0;
	while (position < text.length) {
		const unit = text.charCodeAt(position);
		if (unit === quote) {
			position = afterString(text, position);
		} else if (unit === minus || isDigit(unit)) {
			const end = afterNumber(text, position);
			if (losesDigits(text, position, end)) {
				parts.push(text.slice(copied, position), '"', text.slice(position, end), '"');
				copied = end;
			}
			position = end;
		} else {
			position++;
		}
	}
	parts.push(text.slice(copied));
	return parts.join('');
}

function losesDigits(text: string, start: number, end: number): boolean {
	if (end - start < 16) return false;
	const token = text.slice(start, end);
	if (!longInteger.test(token) || Number.isSafeInteger(Number(token))) return false;
	// Before a colon a number is an error, and a string would not be one.
	return text.charAt(afterSpace(text, end)) !== ':';
}

function afterString(text: string, start: number): number {
	for (let position = start + 1; position < text.length; position++) {
		const unit = text.charCodeAt(position);
		if (unit === quote) return position + 1;
		if (unit === backslash) position++;
	}
	return text.length;
}

/** The whole run, so that the digits of a fraction or an exponent are not taken for an integer. */
function afterNumber(text: string, start: number): number {
	let position = start + 1;
	while (position < text.length && isOfNumber(text, position)) position++;
	return position;
}

function isOfNumber(text: string, position: number): boolean {
	return isDigit(text.charCodeAt(position)) || '.eE+-'.includes(text.charAt(position));
}

function isDigit(unit: number): boolean {
	return unit >= zero && unit <= nine;
}

function afterSpace(text: string, start: number): number {
	let position = start;
	while (position < text.length && ' \t\r\n'.includes(text.charAt(position))) position++;
	return position;
}
