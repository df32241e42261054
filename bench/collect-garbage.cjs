'use strict';
// Required into n8n by memory.ts: what the start has left behind goes before the measurement begins.

const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
// The kind that also gives free pages back: they would hide what the process needs afterwards.
process.on('SIGUSR2', () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
