// The analysis that n8n runs before it verifies a community package, on the source and on the packed
// tarball, without the network. The dist folder has to be built.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'hailuo-scan-'));
const allowed = /^package\/(dist\/.+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
let failed = false;

const report = (what, { passed, message, details = '' }) => {
	console.log(
		`${passed ? 'passed' : 'FAILED'}: ${what}${passed ? '' : ` (${message})\n${details}`}`,
	);
	failed ||= !passed;
};

try {
	report('n8n scan of the source', await analyzePackage(root, SOURCE_FILE_PATTERNS));
	const packed = execFileSync(
		'npm',
		['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
		{ cwd: root, encoding: 'utf8' },
	);
	const tarball = path.join(folder, JSON.parse(packed)[0].filename);
	const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
	const strangers = files.filter((file) => !allowed.test(file));
	report('contents of the tarball', {
		passed: strangers.length === 0,
		message: `not expected: ${strangers.join(', ')}`,
	});
	execFileSync('tar', ['-xzf', tarball, '-C', folder]);
	report('n8n scan of the tarball', await analyzePackage(path.join(folder, 'package')));
} finally {
	rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
