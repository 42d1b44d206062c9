import { type Question, questionOf } from '../arms.ts';
import { type BySeed, type Difference, type Estimate, pairedDifference, pairedEstimates } from '../intervals.ts';
import type { RunRecord, Study } from '../record.ts';

/** The runs of a study, arranged by arm and by labelled images per class. */
export type StudyTable = {
  /** That have run: the main arms, each with its variants after it. */
  readonly arms: readonly string[];
  /** Those of them that are drawn. */
  readonly drawn: readonly string[];
  /** At which any arm has run, rising. */
  readonly labels: readonly number[];
  readonly plan: Plan;
  readonly question: Question;
  /** Which images accuracy is told of: validation images while settings are chosen, else test images. */
  readonly images: 'test' | 'validation';
  /** The share of its labels that every second class keeps, where they are uneven. */
  readonly rare?: number;
  readonly runs: readonly RunRecord[];
  readonly runsOf: (arm: string, labels?: number) => readonly RunRecord[];
  /** Nothing if no seed has run. */
  readonly accuracy: (arm: string, labels: number) => Estimate | undefined;
  /** How far the accuracy of an arm is above that of another, seed by seed. */
  readonly gain: (of: string, over: string, labels: number) => Difference | undefined;
  /** Planned, and not there. */
  readonly missing: readonly MissingRuns[];
};

export type MissingRuns = { readonly arm: string; readonly labels: number; readonly done: number; readonly of: number };

/** What was planned, and all that has run. */
export type Plan = {
  readonly arms: readonly string[];
  readonly labels: readonly number[];
  readonly seeds: (arm: string, labels: number) => number;
};

/** Arranges runs; of several runs of one arm, label count and seed the last counts. */
export const studyTable = (all: readonly RunRecord[], study?: Study): StudyTable => {
  const runs = [...new Map(all.map((run) => [`${run.seed} ${run.labels} ${run.arm}`, run])).values()];
  const runsOf = (arm: string, labels?: number): RunRecord[] =>
    runs.filter((run) => run.arm === arm && (labels === undefined || run.labels === labels));
  const plan = planOf(runs, study);
  const bySeed = (arm: string, labels: number): BySeed =>
    new Map(runsOf(arm, labels).map(({ seed, accuracy }) => [seed, accuracy]));
  const estimates = new Map(plan.labels.map((labels) => [labels, pairedEstimates(ranAt(plan.arms, labels, bySeed))]));
  const missing = plan.labels.flatMap((labels) =>
    plan.arms.map((arm) => ({ arm, labels, done: runsOf(arm, labels).length, of: plan.seeds(arm, labels) })),
  );
  return {
    arms: plan.arms.filter((arm) => runsOf(arm).length > 0),
    drawn: questionOf(plan.arms).main.filter((arm) => runsOf(arm).length > 0),
    labels: plan.labels.filter((labels) => runs.some((run) => run.labels === labels)),
    plan,
    question: questionOf(plan.arms),
    images: study?.settings['on'] === 'validation' ? 'validation' : 'test',
    ...(typeof study?.settings['rare'] === 'number' ? { rare: study.settings['rare'] } : {}),
    runs,
    runsOf,
    accuracy: (arm, labels) => estimates.get(labels)?.get(arm),
    gain: (of, over, labels) => pairedDifference(bySeed(of, labels), bySeed(over, labels)),
    missing: missing.filter(({ done, of }) => done < of),
  };
};

const ranAt = (
  arms: readonly string[],
  labels: number,
  bySeed: (arm: string, labels: number) => BySeed,
): Map<string, BySeed> =>
  new Map(arms.map((arm) => [arm, bySeed(arm, labels)] as const).filter(([, values]) => values.size > 0));

const planOf = (runs: readonly RunRecord[], study: Study | undefined): Plan => {
  const ran = runs.map(({ arm, labels, seed }) => ({ arms: [arm], labels: [labels], seeds: [seed] }));
  const parts = [...(study?.parts ?? []), ...ran];
  const named = [...Object.keys(study?.arms ?? {}), ...parts.flatMap(({ arms }) => arms)];
  const { main } = questionOf(named);
  const families = main.flatMap((base) => [base, ...named.filter((arm) => arm.startsWith(`${base}:`))]);
  return {
    arms: [...new Set([...families.filter((arm) => named.includes(arm)), ...named])],
    labels: [...new Set(parts.flatMap(({ labels }) => labels))].toSorted((a, b) => a - b),
    seeds: (arm, labels) => {
      const asking = parts.filter((part) => part.arms.includes(arm) && part.labels.includes(labels));
      return new Set(asking.flatMap(({ seeds }) => seeds)).size;
    },
  };
};
