import type { Outcome } from '../../apps/anonymise/fates.ts';
import type { WorstCopy } from '../../apps/anonymise/worst.ts';
import type { Pair } from '../../node/anonymise/worstSection.ts';
import type { Originals } from '../../node/copies/originals.ts';
import type { SkippedImage } from '../../node/data/source.ts';

/** Originals that cannot be read by their names, and why. */
export const namedFaults = async (
  originals: Originals,
  faults: ReadonlyMap<number, string>,
): Promise<readonly SkippedImage[]> => {
  const named: SkippedImage[] = [];
  for await (const { place, name } of originals.read(faults.keys())) {
    named.push({ name, why: faults.get(place) as string });
  }
  return named;
};

/** The copies nearest to their originals, by the names of those, and how far they were thrown. */
export const namedWorst = async (
  originals: Originals,
  worst: readonly WorstCopy[],
  outcomes: readonly Outcome[],
): Promise<readonly Pair[]> => {
  const names = new Map<number, string>();
  for await (const { place, name } of originals.read(worst.map(({ place }) => place))) names.set(place, name);
  return worst.map(({ place, ...pair }) => {
    const { strength } = outcomes[place] as Outcome;
    return { ...pair, name: names.get(place) as string, ...(strength === undefined ? {} : { strength }) };
  });
};
