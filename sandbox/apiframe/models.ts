/** Credits by resolution and seconds. The fast model's are not published: a guess stands in. */
export const CREDITS = {
	'hailuo-02': { '768p 6': 5, '768p 10': 8, '1080p 6': 10 },
	'hailuo-2.3': { '768p 6': 5, '768p 10': 10, '1080p 6': 10 },
	'hailuo-2.3-fast': { '768p 6': 3, '768p 10': 6, '1080p 6': 6 },
	'hailuo-03': { '768p 6': 5, '768p 10': 10, '1080p 6': 10 },
} satisfies Record<string, Record<string, number>>;

export type Model = keyof typeof CREDITS;

export const LABELS: Record<Model, string> = {
	'hailuo-02': 'Hailuo 02',
	'hailuo-2.3': 'Hailuo 2.3',
	'hailuo-2.3-fast': 'Hailuo 2.3 Fast',
	'hailuo-03': 'Hailuo 03',
};

export const SIZES = {
	'768p': { width: 1366, height: 768 },
	'1080p': { width: 1920, height: 1080 },
};
