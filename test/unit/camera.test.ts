import { directiveHints, hasDirectives, withCameraSteps } from '../../video/camera';

describe('camera', () => {
	test('writes steps in order at the end of the prompt', () => {
		expect(withCameraSteps('A boat ', [['pushIn', 'panLeft'], [], ['staticShot']])).toBe(
			'A boat [Push in,Pan left] [Static shot]',
		);
		expect(withCameraSteps('', [['shake']], ', ')).toBe('[Shake]');
	});

	test('knows English and Chinese directives, whatever their case', () => {
		expect(hasDirectives('a [push IN] b')).toBe(true);
		expect(hasDirectives('a 【左摇，上升】 b')).toBe(true);
		expect(hasDirectives('a [smiling] b')).toBe(false);
	});

	test('hints at wrong words and too many together, and leaves others alone', () => {
		expect(directiveHints('x [Push out]')).toEqual([
			'[Push out] in the prompt is not a camera movement that Hailuo knows. Did you mean [Pull out]?',
		]);
		expect(directiveHints('x [Pan left,Tilt up,Zoom in,Shake]').join()).toContain('at most 3');
		expect(directiveHints('x [laughs] [Pan left] [推进]')).toEqual([]);
	});

	test('sees the inner one of brackets in brackets', () => {
		expect(hasDirectives('[a boat [Push in] sails]')).toBe(true);
	});

	test('hints carry no markup, and of a long text only its beginning', () => {
		expect(directiveHints('x [pan <a href="https://evil.example">sign in</a>]')).toEqual([
			'[pan ‹a href="https://evil.example"›sign in‹/a›] in the prompt is not a camera movement that Hailuo knows. Did you mean [Pan left]?',
		]);
		const [long] = directiveHints(`x [zoom into ${'the sea '.repeat(500)}]`);
		expect(long).toMatch(/^\[zoom into the sea .{30,50}…\] in the prompt .+ \[Zoom in\]\?$/);
		expect(directiveHints(`x [${'Pan left,'.repeat(200)}]`).join()).toMatch(/^\[Pan left,.{50}…\]/);
	});
});
