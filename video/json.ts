const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON.parse that keeps integers beyond 2^53 by giving them as strings: MiniMax writes its int64
 * IDs as bare numbers.
 */
export function parseJson(text: string): unknown {
	return JSON.parse(
		text.replace(token, (match) => {
			const losesDigits = /^-?\d{16,}$/.test(match) && !Number.isSafeInteger(Number(match));
			return losesDigits ? `"${match}"` : match;
		}),
	);
}
