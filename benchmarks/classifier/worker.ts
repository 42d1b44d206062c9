/**
 * A process that trains what it is told to, one classifier after another: started by `workers.ts`, and ended with it.
 */
import { pick } from '../../src/errors.ts';
import { ARMS } from './arms.ts';
import type { Bench } from './bench.ts';
import { openBank, openBench, type Place } from './openBench.ts';
import { type Trained, trainArm } from './trainArm.ts';

/** An arm by its name, at a label count, with a seed. */
export type RunName = { readonly arm: string; readonly labels: number; readonly seed: number };

/** The first message tells what is to be measured, each following one a training. */
export type ToWorker = { readonly place: Place } | { readonly run: RunName };

export type FromWorker =
  | { readonly ready: true }
  | { readonly share: number }
  | { readonly trained: Trained }
  | { readonly failed: string };

const say = (message: FromWorker): void => void process.send?.(message);

let bench: Promise<Bench> | undefined;

const obey = async (message: ToWorker): Promise<void> => {
  if ('place' in message) {
    const { place } = message;
    const opened = openBench(place, { sessions: 1, threads: Number(process.env['OMP_NUM_THREADS']) });
    bench = opened.then((parts) => ({ ...parts, bank: openBank(place) }));
    await bench;
    return say({ ready: true });
  }
  const { arm, labels: perClass, seed } = message.run;
  const opened = await (bench as NonNullable<typeof bench>);
  const task = { arm: pick(ARMS, arm, 'arm'), perClass, seed };
  say({ trained: await trainArm(opened, task, (share) => say({ share })) });
};

process.on('disconnect', () => process.exit()); // whoever started this one is gone
process.on('message', (message: ToWorker) => {
  obey(message).catch((error: unknown) => say({ failed: error instanceof Error ? error.message : String(error) }));
});
