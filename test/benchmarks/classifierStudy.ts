import type { ArmFacts, RunRecord, Study } from '../../benchmarks/classifier/record.ts';
import { uniformStream } from '../../src/random.ts';

export const ARMS = [
  'none',
  'copies',
  'classical',
  'boomerang',
  'classical+boomerang',
  'classical+boomerang:ramp',
  'classical+boomerang:schedule',
  'classical+boomerang:slow',
  'classical+boomerang:filter',
  'classical+boomerang:conditional',
] as const;

/** What each arm adds to the accuracy of none with few labels; less with many. */
const LIFT: readonly number[] = [0, 0.004, 0.03, 0.022, 0.049, 0.052, 0.05, 0.041, 0.055, 0.07];

export type SyntheticOptions = {
  readonly arms?: readonly string[];
  readonly labels?: readonly number[];
  readonly seeds?: number;
};

/** Runs as they might come out: alike within a seed, better with more labels, by less and less. */
export const syntheticRuns = (options: SyntheticOptions = {}): RunRecord[] => {
  const { arms = ARMS, labels = [10, 20, 50, 100, 500], seeds = 5 } = options;
  return labels.flatMap((count) =>
    Array.from({ length: seeds }, (_, n) => n + 1).flatMap((seed) => arms.map((arm) => runOf(arm, count, seed))),
  );
};

const runOf = (arm: string, labels: number, seed: number): RunRecord => {
  const [luck, own] = [uniformStream([labels, seed]), uniformStream([arm, labels, seed])];
  const lift = (LIFT[(ARMS as readonly string[]).indexOf(arm)] ?? 0) * (labels / 10) ** -0.55;
  const accuracy = 0.93 - 0.23 * (labels / 10) ** -0.4 + lift + 0.02 * (luck() - 0.5) + 0.011 * (own() - 0.5);
  const curve = Array.from({ length: 12 }, (_, n) => {
    const share = (n + 1) / 12;
    const validation = accuracy - 0.4 * Math.exp(-4 * share) + 0.01 * (own() - 0.5);
    return { step: 150 * (n + 1), loss: 2 * Math.exp(-3 * share), validation };
  });
  const throws = arm.includes('boomerang');
  const training = 60 + 20 * own() + (throws ? 12 : 0);
  return {
    study: 'a1b2c3d4',
    arm,
    labels,
    seed,
    accuracy,
    validation: accuracy + 0.004 * (own() - 0.5),
    curve,
    seconds: { training, waiting: throws ? 5 * own() : 0.2, bank: arm === 'boomerang' ? 0.9 * labels : 0 },
    variants: { drawn: throws ? 28_800 : 0, evaluations: throws ? 480 * labels : 0 },
    finished: '2026-11-24T10:00:00.000Z',
  };
};

/** A study that such runs could belong to. */
export const syntheticStudy = (changes: Partial<Study> = {}): Study => ({
  digest: 'a1b2c3d4',
  parts: [
    {
      command: 'npm run benchmark:classifier -- --data DIR --labels 10,20,50,100,500 --arms all --seeds 5',
      arms: ARMS,
      labels: [10, 20, 50, 100, 500],
      seeds: [1, 2, 3, 4, 5],
    },
  ],
  settings: { steps: 1800, batch: 64, strength: 0.2, width: 24 },
  machine: { processor: 'AMD EPYC, 2 cores', node: '20.20.2', tfjs: '4.22.0', commit: 'abc1234', backend: 'tfjs-node' },
  arms: Object.fromEntries(ARMS.map((arm) => [arm, factsOf(arm)])),
  strengths: [0.05, 0.1, 0.15, 0.2, 0.3, 0.4].map((strength) => {
    const kept = 1 - 1.1 * strength ** 1.1;
    return {
      strength,
      kept,
      keptLow: kept - 0.025,
      keptHigh: kept + 0.02,
      distance: 0.4 * strength ** 0.8,
      diversity: 0.35 * strength,
    };
  }),
  // 6 by 3 pixels
  picture:
    'iVBORw0KGgoAAAANSUhEUgAAAAYAAAADCAIAAAA/Y+msAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAARElEQVQImQE5AMb/AAAAAA4ODhwcHCoqKjg4OEZGRgBUVFRiYmJwcHB+fn6MjIyampoAqKiotra2xMTE0tLS4ODg7u7u0WYZG+ptYqcAAAAASUVORK5CYII=',
  ...changes,
});

const factsOf = (arm: string): ArmFacts => ({
  about: `what ${arm} does`,
  strengths: strengthsOf(arm),
  inTurns: arm.endsWith(':schedule'),
});

const strengthsOf = (arm: string): readonly number[] | null => {
  if (!arm.includes('boomerang')) return null;
  return /:(ramp|schedule)/.test(arm) ? [0.1, 0.15, 0.2, 0.25] : [0.2];
};
