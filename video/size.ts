export const megabyte = 1024 * 1024;

/** A size in bytes as people read it. Rounded up: what is over a limit reads so. */
export function sizeText(bytes: number): string {
	return `${Math.ceil((bytes / megabyte) * 100) / 100} MB`;
}
