/**
 * Task times from 15 % less to 15 % more, evenly and in no order (a sequence of the golden ratio).
 * A shorter list is the beginning of a longer one.
 */
export function spread(seconds: number, count: number): number[] {
	const golden = (Math.sqrt(5) - 1) / 2;
	return Array.from({ length: count }, (_, index) => {
		const place = ((index + 1) * golden) % 1;
		return Math.round(seconds * (0.85 + 0.3 * place) * 10) / 10;
	});
}
