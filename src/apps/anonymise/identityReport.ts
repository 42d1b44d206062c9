import { checkNames } from '../../checks.ts';
import type { SeedPath } from '../../random.ts';
import { checkPairs } from './checkPairs.ts';
import { type Embedder, embedAll, type Pictures, type Vectors } from './embedder.ts';
import type { IdentityReport, Recognised, Verification } from './identity.ts';
import { chanceOfPerson, numbered } from './people.ts';
import { among, findRanks, type Ranks } from './ranks.ts';
import { type Share, shareOf } from './shares.ts';
import { linked, thresholdsAt } from './verification.ts';

export type IdentityOptions = {
  /** What judges: not what strength was chosen by, or it flatters itself. */
  readonly embed: Embedder;
  /** Who is seen in each image; the same name is the same person. By default each image is somebody else. */
  readonly people?: readonly (string | number)[];
};

const OPTIONS: Readonly<Record<keyof IdentityOptions, true>> = { embed: true, people: true };
const FARS = [0.01, 0.001] as const;

/**
 * Measures who can be recognised in copies, by an embedder that judges: re-identification among all originals, of the
 * person among other pictures, verification at set false acceptance rates, and whether copies of a person can be linked,
 * with 95 % intervals by the bootstrap over people. Equal images, people and embedder give the same report.
 *
 * It measures this judge's eyes only, and says nothing of what another one, or one who knows how the copies were made, sees.
 *
 * @param copies as many as originals, in their order.
 * @throws ArgumentError `unknown-option`, `bad-embedder`, `bad-embedding`, `bad-people`, `bad-copies` where there are not
 *   as many as originals, `too-few-people` below 2.
 */
export const identityReport = async (
  originals: Pictures,
  copies: Pictures,
  options: IdentityOptions,
): Promise<IdentityReport> => {
  checkNames('identityReport', Object.keys(OPTIONS), options);
  const { embed, people } = options;
  const before = await embedAll(originals, embed, 'originals');
  const after = await embedAll(copies, embed, 'copies');
  checkPairs(before, after);
  const groups = numbered(people, before.count);
  const ranks = await findRanks(after, before, { people: groups });
  const untouched = await findRanks(before, before, { people: groups });
  const share = (hits: Float64Array, ...path: SeedPath): Share | undefined =>
    shareOf({ hits, groups }, ['identity', ...path]);
  const found = before.isFound.filter(Boolean).length;
  const recognised = (which: 'own' | 'person', first: number, chance: number): Recognised | undefined => {
    const measured = share(among(ranks[which], first), which, first);
    if (!measured) return undefined;
    const usual = which === 'person' ? share(among(untouched.person, first), which, first, 'untouched') : undefined;
    return { ...measured, chance, ...(usual ? { untouched: usual } : {}) };
  };
  const rankedBy = (which: 'own' | 'person', chance: (first: number) => number) => {
    const [rank1, rank5] = [recognised(which, 1, chance(1)), recognised(which, 5, chance(5))];
    return { ...(rank1 ? { rank1 } : {}), ...(rank5 ? { rank5 } : {}) };
  };
  return {
    images: before.count,
    people: new Set(groups).size,
    notFound: { originals: before.count - found, copies: after.isFound.filter((is) => !is).length },
    similarity: ranks.similarity,
    own: rankedBy('own', (first) => Math.min(1, first / found)),
    person: rankedBy('person', (first) => chanceOfPerson(ranks.person, before, groups, first)),
    verification: await verify({ before, after, groups, ranks }, share),
  };
};

type Measured = {
  readonly before: Vectors;
  readonly after: Vectors;
  readonly groups: readonly number[];
  readonly ranks: Ranks;
};

const verify = async (
  { before, after, groups, ranks }: Measured,
  share: (hits: Float64Array, ...path: SeedPath) => Share | undefined,
): Promise<readonly Verification[]> => {
  const thresholds = await thresholdsAt(before, groups, FARS);
  const [links, usual] = [await linked(after, groups, thresholds), await linked(before, groups, thresholds)];
  return FARS.map((far, k) => {
    const threshold = thresholds[k];
    if (threshold === undefined) return { far };
    const accepted = share(
      ranks.similarity.map((is) => (Number.isNaN(is) ? is : Number(is >= threshold))),
      far,
    );
    const copies = share(links[k] as Float64Array, far, 'linked');
    const originals = share(usual[k] as Float64Array, far, 'untouched');
    return {
      far,
      threshold,
      ...(accepted ? { accepted } : {}),
      ...(copies ? { linked: copies } : {}),
      ...(originals ? { untouched: originals } : {}),
    };
  });
};
