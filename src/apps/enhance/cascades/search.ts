import { fallingCascade, type PlainThrow } from '../cascade.ts';

/** Strengths of the first throw of falling cascades, and of the last. */
const FROMS = [0.1, 0.2, 0.3, 0.45, 0.6];
const TOS = [0.02, 0.05, 0.1];
const COUNTS = [5, 10, 15, 20];

/** Where the search begins: what enhance does by default. */
const START = { count: 15, from: 0.3, to: 0.05 };

type Falling = typeof START;

/**
 * Tries cascades: falling ones along one coordinate after another (the first strength, the count, the last strength, and
 * the first once more), each time going on from the best; then, of as many steps, few throws of several, and one.
 *
 * @param steps that a cascade may have, at most.
 * @param score of a cascade, the higher the better; asked twice of the same one, it must remember.
 */
export const searchCascades = async (
  steps: number,
  score: (cascade: readonly PlainThrow[]) => Promise<number>,
): Promise<void> => {
  const counts = countsUpTo(steps);
  const passes: readonly ((best: Falling) => readonly Falling[])[] = [
    (best) => FROMS.map((from) => ({ ...best, from })),
    (best) => counts.map((count) => ({ ...best, count })),
    (best) => TOS.map((to) => ({ ...best, to })),
    (best) => FROMS.map((from) => ({ ...best, from })),
  ];
  let best = startOf(counts);
  for (const pass of passes) {
    let highest = await score(cascadeOf(best));
    for (const falling of pass(best).filter(({ from, to }) => from > to)) {
      const value = await score(cascadeOf(falling));
      if (value > highest) [best, highest] = [falling, value];
    }
  }
  for (const cascade of othersThan(best, steps)) await score(cascade);
};

/** Steps of all cascades that {@link searchCascades} tries, at most. */
export const mostSteps = (steps: number): number => {
  const counts = countsUpTo(steps);
  const { count } = startOf(counts);
  const along = (FROMS.length - 1) * count + counts.reduce((sum, one) => sum + one, 0);
  const again = (TOS.length - 1 + FROMS.length - 1) * steps;
  const others = othersThan(START, steps).flat();
  return along + again + others.reduce((sum, one) => sum + one.steps, 0);
};

const cascadeOf = ({ count, from, to }: Falling): readonly PlainThrow[] => fallingCascade(count, from, to);

const countsUpTo = (steps: number): readonly number[] => [...COUNTS.filter((count) => count < steps), steps];

const startOf = (counts: readonly number[]): Falling => {
  const fitting = counts.filter((count) => count <= START.count);
  return { ...START, count: fitting.at(-1) ?? (counts[0] as number) };
};

/** Few throws of several steps each, one of them, and one from noise, as generation begins. */
const othersThan = ({ from }: Falling, steps: number): readonly (readonly PlainThrow[])[] => {
  const each = Math.min(5, Math.floor(steps / 3));
  const three = (...strengths: readonly number[]) => strengths.map((strength) => ({ strength, steps: each }));
  return [
    ...(each > 0 ? [three(0.4, 0.3, 0.2), three(0.2, 0.2, 0.2)] : []),
    [{ strength: from, steps: Math.min(10, steps) }],
    [{ strength: 1, steps }],
  ];
};
