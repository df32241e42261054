import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether this start makes a video. With a real key each one is paid for: it is marked before the order
 * leaves, and no later start makes one, whatever becomes of it.
 */
export async function isFirstStart(folder: string): Promise<boolean> {
	const mark = join(folder, 'first-video-ordered');
	if (existsSync(mark)) return false;
	await writeFile(mark, 'npm start makes a video only while this file is missing.\n');
	return true;
}
