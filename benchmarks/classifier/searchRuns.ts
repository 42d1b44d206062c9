import { pick } from '../../src/errors.ts';
import { ARMS } from './arms.ts';
import { openBank, openBench } from './openBench.ts';
import type { SearchPlan } from './searchOptions.ts';
import type { TrialRecord } from './searchRecords.ts';
import { type Settings, studyDigest } from './settings.ts';
import { trainArm } from './trainArm.ts';
import type { Trial } from './trials.ts';

/** One training of a search. */
export type SearchRun = {
  readonly trial: Trial;
  readonly seed: number;
  readonly digest: string;
  /** Labelled images. */
  readonly images: number;
  /** Names the variants that it needs; none where it needs none. */
  readonly variants: string | undefined;
};

export type Search = {
  /** All that are wanted, seed by seed, so that a search that is stopped has whole comparisons. */
  readonly runs: readonly SearchRun[];
  train(run: SearchRun): Promise<TrialRecord>;
};

/** One thread each: many small operations gain nothing from more, and the machine may be shared. */
const ONE_THREAD = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS'];

export const openSearch = async ({ place, settings, trials, seeds, perClass }: SearchPlan): Promise<Search> => {
  for (const name of ONE_THREAD) process.env[name] ??= '1'; // read by TensorFlow as it is loaded
  const bench = await openBench(place, { sessions: 1, threads: 1 });
  const runOf = (trial: Trial, seed: number): SearchRun => ({
    trial,
    seed,
    digest: studyDigest([bench.digest, trial.arm, trial.changes, perClass, seed]),
    images: perClass * (bench.train.classes?.length ?? 0),
    variants: variantsOf(trial, { ...settings, ...trial.changes }, seed),
  });
  return {
    runs: seeds.flatMap((seed) => trials.map((trial) => runOf(trial, seed))),
    async train({ trial, seed, digest }) {
      const changed = { ...settings, ...trial.changes };
      const bank = openBank({ ...place, settings: changed });
      const { changes: _own, ...arm } = pick(ARMS, trial.arm, 'arm');
      const task = { arm, perClass, seed };
      const { accuracy: _, ...trained } = await trainArm({ ...bench, settings: changed, bank }, task, () => undefined);
      const finished = new Date().toISOString();
      return { digest, ...trial, labels: perClass, seed, steps: changed.steps, ...trained, finished };
    },
  };
};

const variantsOf = ({ arm }: Trial, { strength }: Settings, seed: number): string | undefined =>
  pick(ARMS, arm, 'arm').extras === 'variants' ? `${seed}, ${strength}` : undefined;
