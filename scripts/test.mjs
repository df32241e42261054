import { runScript } from './bootstrap.mjs';

await runScript('test.ts', () => console.log('0 passed, 1 failed'));
