import cephes from 'cephes';

await cephes.compiled;

/** What was measured with each seed. */
export type BySeed = ReadonlyMap<number, number>;

/** A mean, and how far its 95 % interval reaches to either side. */
export type Estimate = {
  readonly mean: number;
  /** Absent with fewer than two seeds: one number says nothing of how far others lie from it. */
  readonly half?: number;
  readonly seeds: number;
};

export type Difference = Estimate & {
  /** Seeds with which the first was above the second, and below it. */
  readonly above: number;
  readonly below: number;
  /** Of the two-sided sign test: the chance of a count so uneven, or more so, if above and below were equally likely. */
  readonly p: number;
};

/** The mean of independent numbers with its t interval. */
export const estimate = (values: readonly number[], correction = 1): Estimate => {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, seeds: count };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = cephes.stdtri(count - 1, 0.975) * correction * Math.sqrt(variance / count);
  return { mean, half, seeds: count };
};

/**
 * The mean of each arm, with an interval from which is taken what all arms have in common at a seed: a lucky draw of
 * images lifts them all, and says nothing of their order. Arms are paired with those that ran with the same seeds; an
 * arm that is alone with its seeds gets the plain t interval.
 *
 * @see Morey 2008, "Confidence Intervals from Normalized Data: A correction to Cousineau (2005)".
 */
export const pairedEstimates = (arms: ReadonlyMap<string, BySeed>): Map<string, Estimate> => {
  const estimates = new Map<string, Estimate>();
  for (const group of groupsOfSameSeeds(arms)) {
    const shared = seedEffects(group.map(([, values]) => values));
    const correction = group.length > 1 ? Math.sqrt(group.length / (group.length - 1)) : 1;
    for (const [arm, values] of group) {
      const own = [...values].map(([seed, value]) => (group.length > 1 ? value - (shared.get(seed) ?? 0) : value));
      estimates.set(arm, estimate(own, correction));
    }
  }
  return estimates;
};

const groupsOfSameSeeds = (arms: ReadonlyMap<string, BySeed>): [arm: string, values: BySeed][][] => {
  const groups: Record<string, [string, BySeed][]> = {};
  for (const [arm, values] of arms) {
    const seeds = [...values.keys()].toSorted((a, b) => a - b).join();
    groups[seeds] = [...(groups[seeds] ?? []), [arm, values]];
  }
  return Object.values(groups);
};

/** How far the mean of all arms at a seed lies from the mean of everything; these sum to 0. */
const seedEffects = (arms: readonly BySeed[]): BySeed => {
  const seeds = [...(arms[0]?.keys() ?? [])];
  const means = seeds.map((seed) => arms.reduce((sum, values) => sum + (values.get(seed) ?? 0), 0) / arms.length);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return new Map(seeds.map((seed, n) => [seed, (means[n] as number) - mean]));
};

/** How far one arm is above another over the seeds that both ran with; nothing if there are none. */
export const pairedDifference = (of: BySeed, over: BySeed): Difference | undefined => {
  const gains = [...of].flatMap(([seed, value]) => {
    const other = over.get(seed);
    return other === undefined ? [] : [value - other];
  });
  if (gains.length === 0) return undefined;
  const above = gains.filter((gain) => gain > 0).length;
  const below = gains.filter((gain) => gain < 0).length;
  return { ...estimate(gains), above, below, p: signTest(above, below) };
};

/** The exact two-sided sign test; ties are left out beforehand. */
export const signTest = (above: number, below: number): number =>
  above === below ? 1 : 2 * cephes.bdtr(Math.min(above, below), above + below, 0.5);
