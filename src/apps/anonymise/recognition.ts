import type { SeedPath } from '../../random.ts';
import type { Vectors } from './embedder.ts';
import type { ByRank, Recognised } from './identity.ts';
import { chanceOfPerson } from './people.ts';
import { among, findRanks, type Ranks, type Whom } from './ranks.ts';
import { shareOf } from './shares.ts';

/** Who is recognised when copies are searched among originals, or among whatever else stands for them. */
export type Recognition = {
  readonly ranks: Ranks;
  /** Copies whose own original is the nearest of all, or among the five nearest. */
  readonly own: ByRank;
  /** Copies whose nearest other picture is of the same person. */
  readonly person: ByRank;
};

export type RecognitionOptions = Whom & {
  /** What the originals of the copies find among themselves, to stand beside. */
  readonly untouched?: Ranks;
  /** Decides the draws of the intervals. */
  readonly path: SeedPath;
};

/** Searches for copies, and counts who is recognised, beside what chance gives. */
export const recognise = async (
  copies: Vectors,
  gallery: Vectors,
  { people, places, untouched, path }: RecognitionOptions,
): Promise<Recognition> => {
  const whom = { people, ...(places ? { places } : {}) };
  const ranks = await findRanks(copies, gallery, whom);
  const groups = groupsOf(copies, whom);
  const share = (hits: Float64Array, ...rest: SeedPath) => shareOf({ hits, groups }, [...path, ...rest]);
  const found = gallery.isFound.filter(Boolean).length;
  const recognised = (which: 'own' | 'person', first: number): Recognised | undefined => {
    const measured = share(among(ranks[which], first), which, first);
    if (!measured) return undefined;
    const usual =
      which === 'person' && untouched ? share(among(untouched.person, first), which, first, 'untouched') : undefined;
    const chance =
      which === 'own' ? Math.min(1, first / found) : chanceOfPerson(ranks.person, gallery, { ...whom, first });
    return { ...measured, chance, ...(usual ? { untouched: usual } : {}) };
  };
  const rankedBy = (which: 'own' | 'person'): ByRank => {
    const [rank1, rank5] = [recognised(which, 1), recognised(which, 5)];
    return { ...(rank1 ? { rank1 } : {}), ...(rank5 ? { rank5 } : {}) };
  };
  return { ranks, own: rankedBy('own'), person: rankedBy('person') };
};

/** Of each copy the number of its person. */
export const groupsOf = ({ count }: Vectors, { people, places }: Whom): readonly number[] =>
  Array.from({ length: count }, (_, row) => people[places?.[row] ?? row] as number);
