import type { SeedPath } from '../../random.ts';
import { checkPairs } from './checkPairs.ts';
import type { Vectors } from './embedder.ts';
import type { IdentityReport, Verification } from './identity.ts';
import { numbered } from './people.ts';
import { findRanks, type Ranks } from './ranks.ts';
import { groupsOf, recognise } from './recognition.ts';
import { type Share, shareOf } from './shares.ts';
import { someVectors } from './vectors.ts';
import { linked, thresholdsAt } from './verification.ts';

export type IdentityOfOptions = {
  /** Who is seen in each original; the same name is the same person. By default each is somebody else. */
  readonly people?: readonly (string | number)[];
  /** Of each copy the number of its original, where not every original has one. By default copies are in their order. */
  readonly places?: readonly number[];
};

const FARS = [0.01, 0.001] as const;

/**
 * As {@link identityReport}, of what an embedder saw already. Copies may be fewer than originals: they are searched for
 * among all of them.
 *
 * @param before what the judge saw in originals, and `after` in copies.
 * @throws ArgumentError `bad-people`, `too-few-people`, `bad-copies`, `bad-places`, `bad-embedding`.
 */
export const identityOf = async (
  before: Vectors,
  after: Vectors,
  { people: names, places }: IdentityOfOptions = {},
): Promise<IdentityReport> => {
  checkPairs(before, after, places);
  const people = numbered(names, before.count);
  const whom = { people, ...(places ? { places } : {}) };
  const own = places ? someVectors(before, places) : before;
  const untouched = await findRanks(own, before, whom);
  const recognised = await recognise(after, before, { ...whom, untouched, path: ['identity'] });
  const found = (vectors: Vectors): number => vectors.isFound.filter(Boolean).length;
  return {
    images: after.count,
    people: new Set(groupsOf(after, whom)).size,
    notFound: { originals: own.count - found(own), copies: after.count - found(after) },
    similarity: recognised.ranks.similarity,
    own: recognised.own,
    person: recognised.person,
    verification: await verify({ before, after, people, groups: groupsOf(after, whom), ranks: recognised.ranks }),
  };
};

type Measured = {
  readonly before: Vectors;
  readonly after: Vectors;
  /** Of each original, and of each copy, the number of its person. */
  readonly people: readonly number[];
  readonly groups: readonly number[];
  readonly ranks: Ranks;
};

const verify = async ({ before, after, people, groups, ranks }: Measured): Promise<readonly Verification[]> => {
  const thresholds = await thresholdsAt(before, people, FARS);
  const [links, usual] = [await linked(after, groups, thresholds), await linked(before, people, thresholds)];
  const share = (hits: Float64Array, of: readonly number[], ...path: SeedPath): Share | undefined =>
    shareOf({ hits, groups: of }, ['identity', ...path]);
  return FARS.map((far, k) => {
    const threshold = thresholds[k];
    if (threshold === undefined) return { far };
    const passed = ranks.similarity.map((is) => (Number.isNaN(is) ? is : Number(is >= threshold)));
    const accepted = share(passed, groups, far);
    const copies = share(links[k] as Float64Array, groups, far, 'linked');
    const originals = share(usual[k] as Float64Array, people, far, 'untouched');
    return {
      far,
      threshold,
      ...(accepted ? { accepted } : {}),
      ...(copies ? { linked: copies } : {}),
      ...(originals ? { untouched: originals } : {}),
    };
  });
};
