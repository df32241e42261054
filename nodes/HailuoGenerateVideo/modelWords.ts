/**
 * What people should know of a model before they choose it, in the order of the list, of which n8n shows
 * four or five; the figures beside it come from the tables.
 */
export const modelWords: Readonly<Record<string, string>> = {
	'MiniMax-Hailuo-2.3': 'The usual choice, for natural movement and expressions',
	'MiniMax-Hailuo-2.3-Fast': 'Quicker and cheaper than 2.3, from a picture only',
	'MiniMax-Hailuo-02': 'The generation before 2.3, also from a first to a last frame',
	'MiniMax-H3': 'The newest: with sound, and in any shape such as vertical 9:16',
	'MiniMax-H3-Max': 'The quicker H3: with sound, any shape, 480P for drafts',
	'S2V-01': 'Keeps the face of one person',
	'T2V-01-Director': 'Older, follows camera movements',
	'T2V-01': 'Older',
	'I2V-01-Director': 'Older, follows camera movements',
	'I2V-01-live': 'Older, for drawings and illustrations',
	'I2V-01': 'Older',
};
