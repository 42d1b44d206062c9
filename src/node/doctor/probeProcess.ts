import { probe, type Subject } from './probe.ts';

// Runs in a process of its own, started by `probeApart`: what is loaded here stays here.
const finding = await probe(process.argv[2] as Subject);
process.send?.(finding, () => process.exit(0)); // backends may hold handles that would keep the process alive
