#!/usr/bin/env node
import { removeUnfinished } from '../node/output.ts';
import { endWithReader } from './brokenPipe.ts';
import { endOnSignals } from './interrupt.ts';
import { runCli } from './program.ts';

console.info = console.error; // what the library tells people is no part of a result, which may be JSON
process.on('exit', removeUnfinished);
endWithReader(process);
endOnSignals(process.stderr);
process.exitCode = await runCli(process.argv.slice(2), process);
