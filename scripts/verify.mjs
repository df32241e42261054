import { runScript } from './bootstrap.mjs';

await runScript('verify/main.ts');
