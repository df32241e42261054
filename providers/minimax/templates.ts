/** How many of an input a template takes. */
export interface InputCount {
	readonly least: number;
	readonly most: number;
}

export interface Template {
	/** 18 digits, more than a number holds. */
	readonly id: string;
	readonly name: string;
	readonly description: string;
	readonly regions: readonly ('global' | 'china')[];
	readonly images: InputCount;
	readonly texts: InputCount;
	/** USD. Only an older page of the global site had prices. */
	readonly price?: number;
}

const one: InputCount = { least: 1, most: 1 };
const none: InputCount = { least: 0, most: 0 };
const image = { images: one, texts: none };
const text = { images: none, texts: one };
const both = { images: one, texts: one };
const everywhere = { regions: ['global', 'china'] } as const;
const globalOnly = { regions: ['global'] } as const;
const chinaOnly = { regions: ['china'] } as const;

/**
 * The templates of the two sites. Sources: https://platform.minimax.io/docs/faq/video-agent-templates
 * and the same page on platform.minimaxi.com; inputs of the global ones from a third-party catalogue
 * of that page. The list is a suggestion: every other ID is passed on.
 */
export const templates: readonly Template[] = [
	{
		id: '393769180141805569',
		name: 'Run for Life',
		description: 'A pet flees from the beast that the text names',
		...everywhere,
		...both,
		price: 0.45,
	},
	{
		id: '393881433990066176',
		name: 'Still Rings',
		description: 'A pet performs on the gymnastic rings',
		...everywhere,
		...image,
		price: 0.45,
	},
	{
		id: '393879757702918151',
		name: 'McDonald’s Delivery Pet',
		description: 'A pet delivers food as a courier',
		...everywhere,
		...image,
		price: 1.1,
	},
	{
		id: '393866076583718914',
		name: 'Female Model Try-On Ad',
		description: 'A woman presents a garment',
		...everywhere,
		...image,
		price: 1,
	},
	{
		id: '393876118804459526',
		name: 'Male Model Try-On Ad',
		description: 'A man presents a garment',
		...everywhere,
		...image,
		price: 1,
	},
	{
		id: '392747428568649728',
		name: 'Diving',
		description: 'The subject dives from a high board',
		...globalOnly,
		...image,
		price: 0.4,
	},
	{
		id: '393488336655310850',
		name: 'Climbing',
		description: 'The subject climbs',
		...globalOnly,
		...image,
		price: 0.4,
	},
	{
		id: '397087679467597833',
		name: 'Transformers',
		description: 'A car turns into a robot',
		...globalOnly,
		...image,
		price: 0.45,
	},
	{
		id: '393498001241890824',
		name: 'Weightlifting',
		description: 'A pet lifts weights',
		...globalOnly,
		...image,
		price: 0.45,
	},
	{
		id: '394176968202485769',
		name: 'Miniature Set Ad',
		description: 'A product in a miniature world',
		...globalOnly,
		...image,
		price: 1.4,
	},
	{
		id: '394514820878671878',
		name: 'Anime Life Sim',
		description: 'Scenes of a life as an anime',
		...globalOnly,
		...text,
		price: 1.5,
	},
	{
		id: '397017167949312007',
		name: 'Pet Pilot',
		description: 'A pet flies an aircraft',
		...globalOnly,
		...image,
		price: 2,
	},
	{
		id: '394875727173492739',
		name: 'Art Fonts',
		description: 'Words as moving art',
		...globalOnly,
		...text,
		price: 0.35,
	},
	{
		id: '394220989629177861',
		name: 'Drinkfall',
		description: 'A drink in an avalanche of its own kind',
		...globalOnly,
		...image,
		price: 0.7,
	},
	{
		id: '393853165953970178',
		name: 'E-Commerce Display Ad',
		description: 'An advertisement for a product',
		...globalOnly,
		// The catalogue says text; a picture would be more natural, so that one is let through.
		images: { least: 0, most: 1 },
		texts: one,
		price: 0.86,
	},
	{
		id: '401431836934868999',
		name: '3D Character Product Presentation',
		description: 'A figure presents a product',
		...globalOnly,
		...both,
		price: 1.08,
	},
	{
		id: '392753057216684038',
		name: 'Diving (China)',
		description: 'The subject dives from a high board',
		...chinaOnly,
		...image,
	},
	{
		id: '394246956137422856',
		name: 'Labubu',
		description: 'A person or pet becomes a Labubu figure',
		...chinaOnly,
		...image,
	},
	{
		id: '393766210733957121',
		name: 'Tibetan Portrait',
		description: 'A portrait in Tibetan style',
		...chinaOnly,
		...image,
	},
	{
		id: '394125185182695432',
		name: 'Helpless Moments',
		description: 'A comic animation of small disasters',
		...chinaOnly,
		...text,
	},
	{
		// The seed page ends in 856; the vendor's page and most copies have 864.
		id: '393857704283172864',
		name: 'Winter Romance',
		description: 'A love-letter portrait in the snow',
		...chinaOnly,
		...image,
	},
	{
		id: '398574688191234048',
		name: 'Four Seasons',
		description: 'A portrait through the seasons',
		...chinaOnly,
		...image,
	},
];

export function findTemplate(id: string): Template | undefined {
	return templates.find((template) => template.id === id);
}

/** The templates that a region lists; a custom address may be either. */
export function templatesOf(region: unknown): readonly Template[] {
	return templates.filter(
		({ regions }) => (region !== 'global' && region !== 'china') || regions.includes(region),
	);
}
