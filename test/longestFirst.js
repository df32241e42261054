const Sequencer = require('@jest/test-sequencer').default;

/**
 * Files that take minutes: begun last, they would let the cores wait for them. Those that mostly wait stand
 * between those that mostly work, so that all of them together keep two cores busy.
 */
const longest = [
	...[
		...['trigger', 'clicks', 'slowCreate', 'orderCrashes', 'rateLimit', 'screenshots'],
		...['callbackTrigger', 'first-video', 'stop', 'forms', 'whichIsWhich', 'versions'],
		...['callbackExamples', 'sample', 'start'],
	].map((name) => `e2e/${name}`),
	...['crashes', 'callbacks', 'work'].map((name) => `queue/${name}`),
].map((name) => `${name}.test.ts`);

module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		const placeOf = ({ path }) => longest.findIndex((name) => path.endsWith(name));
		const isLong = (test) => placeOf(test) >= 0;
		const sorted = super.sort(tests);
		return [
			...sorted.filter(isLong).sort((one, other) => placeOf(one) - placeOf(other)),
			...sorted.filter((test) => !isLong(test)),
		];
	}
};
