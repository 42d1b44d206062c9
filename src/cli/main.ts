#!/usr/bin/env node
import { runCli } from './run.ts';

const INTERRUPTED = 130; // 128 + SIGINT, as shells count

process.once('SIGINT', () => process.exit(INTERRUPTED));
process.exitCode = await runCli(process.argv.slice(2), process);
