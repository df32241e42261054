const { rm } = require('node:fs/promises');
const { execFile } = require('node:child_process');
const { Transform } = require('node:stream');
const { promisify } = require('node:util');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const compile = () =>
	promisify(execFile)(process.execPath, [
		require.resolve('typescript/bin/tsc'),
		'-p',
		'tsconfig.json',
	]).catch((failure) => {
		throw new Error(failure.stdout || failure.message);
	});

const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));

/** People look for the vendors by name: nodes of several vendors are found under each. */
const codex = () =>
	src('nodes/**/*.node.json')
		.pipe(
			new Transform({
				objectMode: true,
				transform(file, _encoding, done) {
					const { providers } = require('./dist/providers');
					const text = JSON.parse(String(file.contents));
					const names = providers.map(({ name }) => name.toLowerCase());
					if (!text.alias.includes('template video')) text.alias.push(...names);
					file.contents = Buffer.from(JSON.stringify(text, null, 2));
					done(null, file);
				},
			}),
		)
		.pipe(dest('dist/nodes'));

exports.clean = clean;
exports.build = series(clean, parallel(compile, icons), codex);
exports.default = exports.build;
