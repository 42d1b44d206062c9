import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARMS, type Arm } from './arms.ts';
import type { Plan } from './options.ts';
import { type Settings, stepsFor } from './settings.ts';
import type { Trained } from './trainArm.ts';
import type { RunName } from './worker.ts';
import { trainAll } from './workers.ts';

/** What runs will take. */
export type Estimate = { readonly minutes: number; readonly steps: number; readonly variants: number };

/** Of the rehearsal: long enough that the first, slow steps do not count for much. */
const STEPS = 24;
const LABELS = 10;

/** Rehearses: one short training in each process, all at once, as the real ones will be. */
export const estimate = async ({ place, jobs }: Plan, runs: readonly RunName[], classes: number): Promise<Estimate> => {
  const out = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  const settings = { ...place.settings, steps: STEPS, stepsPerLabel: 0, bank: 1 };
  const tries: Trained[] = [];
  const short = Array.from({ length: jobs }, (_, seed) => ({ arm: dearest(runs), labels: LABELS, seed }));
  await trainAll(short, {
    place: { ...place, out, settings },
    jobs,
    goesOn: () => true,
    onTrained: (_, trained) => tries.push(trained),
  }).finally(() => rm(out, { recursive: true }));
  const mean = (of: (trained: Trained) => number): number =>
    tries.reduce((sum, one) => sum + of(one), 0) / tries.length;
  const secondsPerStep = mean(({ seconds }) => seconds.training) / STEPS;
  const secondsPerVariant = mean(({ seconds }) => seconds.bank) / (LABELS * classes);
  const stepsOf = ({ arm, labels }: RunName) => stepsFor(place.settings, labels) * (ARMS[arm]?.filter ? 2 : 1);
  const steps = runs.reduce((sum, run) => sum + stepsOf(run), 0);
  const variants = countVariants(runs, place.settings, classes);
  return { steps, variants, minutes: (steps * secondsPerStep + variants * secondsPerVariant) / jobs / 60 };
};

/** An arm whose steps take as long as any: with a teacher, where there is one. */
const dearest = (runs: readonly RunName[]): string =>
  runs.find(({ arm }) => ARMS[arm]?.teacher && ARMS[arm]?.extras === 'variants')?.arm ?? 'classical+boomerang';

/** Variants that have to be made; runs of a seed share a bank where strength and manner are the same. */
export const countVariants = (runs: readonly RunName[], settings: Settings, classes: number): number => {
  const ofVariants = runs.filter(({ arm }) => ARMS[arm]?.extras === 'variants');
  if (settings.bank === 0) {
    const steps = ofVariants.reduce((sum, { labels }) => sum + stepsFor(settings, labels), 0);
    return Math.round((steps * settings.batch * settings.extras) / (1 + settings.extras));
  }
  const banks = new Map<string, number>();
  for (const { arm, labels, seed } of ofVariants) {
    const { strengths = [], conditional, filter, changes } = ARMS[arm] as Arm;
    for (const share of strengths.filter((one) => one > 0)) {
      const strength = share * (changes?.strength ?? settings.strength);
      const name = JSON.stringify([seed, strength, conditional, filter && [arm, labels]]);
      banks.set(name, Math.max(banks.get(name) ?? 0, labels));
    }
  }
  return [...banks.values()].reduce((sum, labels) => sum + labels * classes * settings.bank, 0);
};

export const describeEstimate = ({ minutes, steps, variants }: Estimate): string =>
  `${steps} steps and at most ${variants} variants: about ${Math.ceil(minutes)} min`;
