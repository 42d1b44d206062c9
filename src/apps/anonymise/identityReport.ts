import { checkNames } from '../../checks.ts';
import { type Embedder, embedAll, type Pictures } from './embedder.ts';
import type { IdentityReport } from './identity.ts';
import { identityOf } from './identityOf.ts';

export type IdentityOptions = {
  /** What judges: not what strength was chosen by, or it flatters itself. */
  readonly embed: Embedder;
  /** Who is seen in each image; the same name is the same person. By default each image is somebody else. */
  readonly people?: readonly (string | number)[];
  /** Of each copy the number of its original, where not every original has one. By default copies are in their order. */
  readonly places?: readonly number[];
};

const OPTIONS: Readonly<Record<keyof IdentityOptions, true>> = { embed: true, people: true, places: true };

/**
 * Measures who can be recognised in copies, by an embedder that judges: re-identification among all originals, of the
 * person among other pictures, verification at set false acceptance rates, and whether copies of a person can be linked,
 * with 95 % intervals by the bootstrap over people. Equal images, people and embedder give the same report.
 *
 * It measures this judge's eyes only, and says nothing of what another one, or one who knows how the copies were made, sees.
 *
 * @param copies as many as originals, in their order, or as many as `places`.
 * @throws ArgumentError `unknown-option`, `bad-embedder`, `bad-embedding`, `bad-people`, `bad-copies` where there are not
 *   as many as originals, `bad-places`, `too-few-people` below 2.
 */
export const identityReport = async (
  originals: Pictures,
  copies: Pictures,
  options: IdentityOptions,
): Promise<IdentityReport> => {
  checkNames('identityReport', Object.keys(OPTIONS), options);
  const { embed, ...whom } = options;
  const before = await embedAll(originals, embed, 'originals');
  const after = await embedAll(copies, embed, 'copies');
  return identityOf(before, after, whom);
};
