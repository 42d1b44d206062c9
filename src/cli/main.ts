#!/usr/bin/env node
import { runCli } from './run.ts';

const INTERRUPTED = 130; // 128 + SIGINT, as shells count

// A command that listens, too, puts its things in order first.
process.on('SIGINT', () => {
  if (process.listenerCount('SIGINT') === 1) process.exit(INTERRUPTED);
});
process.exitCode = await runCli(process.argv.slice(2), process);
