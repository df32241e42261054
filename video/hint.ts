/** What a person should know of an item because it is not as they may think. */
export type Hint = string | VendorHint;

/** Why a vendor of a chain did not make it: all of a vendor are shown together. */
export interface VendorHint {
	/** As people know it. */
	readonly vendor: string;
	readonly text: string;
}

export const hintText = (hint: Hint): string => (typeof hint === 'string' ? hint : hint.text);
