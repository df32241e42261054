/** Characters as people count them in a field: a pair of surrogates is one. */
export function characterCount(text: string): number {
	return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '.').length;
}

/**
 * The text of a person or vendor as part of a sentence: one line of at most `most` characters
 * without markup. n8n renders hints and descriptions as HTML, logs and agents show them as they are.
 */
export function quoted(text: string, most = 60): string {
	// White space is collapsed in a piece that is surely long enough, however long the text is.
	const piece = text.trimStart().slice(0, most * 10);
	const line = piece
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim()
		.replace(/</g, '‹')
		.replace(/>/g, '›')
		// Only before a word or number sign would it begin an entity.
		.replace(/&(?=[#\w])/g, '＆');
	const characters = [...line];
	const isCut = characters.length > most || piece.length < text.trim().length;
	return isCut
		? `${characters
				.slice(0, most - 1)
				.join('')
				.trimEnd()}…`
		: line;
}

/** A moment for people, `2026-11-21 10:33 UTC`, from ISO 8601 or milliseconds since 1970. */
export function dayAndTime(moment: string | number): string {
	const text = typeof moment === 'number' ? new Date(moment).toISOString() : moment;
	return text.replace(/^(\S{10})T(\d\d:\d\d).*Z$/, '$1 $2 UTC');
}
