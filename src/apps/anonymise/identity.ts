import type { Share } from './shares.ts';

/** A share, what chance gives, and what the originals themselves give, where that can be measured. */
export type Recognised = Share & { readonly chance: number; readonly untouched?: Share };

/** By how many of the nearest are looked at; absent where nothing could be measured. */
export type ByRank = { readonly rank1?: Recognised; readonly rank5?: Recognised };

export type IdentityReport = {
  readonly images: number;
  readonly people: number;
  /** Images in which the judge found nobody: they were not measured, and nothing is known of them. */
  readonly notFound: { readonly originals: number; readonly copies: number };
  /** Cosine similarity of each copy to its original, in [-1, 1]; NaN where it was not measured. */
  readonly similarity: Float64Array;
  /** Copies whose own original is the nearest of all originals, or among the five nearest. */
  readonly own: ByRank;
  /** Copies whose nearest other picture is of the same person; for people with several pictures. */
  readonly person: ByRank;
  /** By the share of pairs of different people that are taken for the same person. */
  readonly verification: readonly Verification[];
};

/** What passes at a threshold; everything is absent where there are too few pairs to know it. */
export type Verification = {
  /** False acceptance rate that the threshold is set for, among originals. */
  readonly far: number;
  readonly threshold?: number;
  /** Copies that are taken for the person of their original. */
  readonly accepted?: Share;
  /** Pairs of copies of one person that are taken for the same person, and the same of the originals. */
  readonly linked?: Share;
  readonly untouched?: Share;
};
