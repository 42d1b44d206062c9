import { NumericError } from '../../errors.ts';
import type { AttackReport } from './attacks/attacks.ts';
import type { CurvePoint } from './choose.ts';
import type { PlainComparison } from './comparePlain.ts';
import type { Fate } from './fates.ts';
import type { IdentityReport } from './identity.ts';
import type { NoFace } from './run.ts';
import type { Utility } from './utility.ts';

/**
 * What a run measured, in plain data: figures only, nothing of an image and nothing that is secret. What was not measured
 * is absent, never 0.
 */
export type AnonymityReport = {
  readonly version: 1;
  readonly model: { readonly name: string; readonly digest?: string; readonly engine?: string };
  /** Of this package and of all that had a part in the figures, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What chose the strength, and what judged: another one. */
  readonly embedder: string;
  readonly judge: string;
  /** The share of copies that may be recognised, at the upper end of the interval. */
  readonly target: number;
  readonly per: 'set' | 'image';
  readonly region: 'whole' | 'faces' | 'boxes' | 'mask';
  readonly noFace: NoFace;
  readonly chosen: Chosen;
  readonly split: SplitSizes;
  /** What each strength does to those by whom it was chosen, in the eyes of `embedder`. */
  readonly curve: readonly CurvePoint[];
  /** What `embedder` makes of the same images by chance, and untouched, where that was measured. */
  readonly baseline?: { readonly chance?: number; readonly untouched?: number };
  /** What `judge` makes of the copies of others. */
  readonly identity: IdentitySummary;
  readonly utility: Utility;
  /** What those find who know how copies are made, in the eyes of `judge`. */
  readonly attacks?: AttackReport;
  /** What blur and pixelation keep where they hide as many people, in the eyes of `judge`. */
  readonly plain?: PlainComparison;
  readonly counts: Counts;
  /** How many images were thrown once, twice and so on: where each goes as far as it must. */
  readonly tries?: readonly { readonly tries: number; readonly images: number }[];
  /** What else a reader must know, in sentences. */
  readonly notes: readonly string[];
};

/** One strength for all, or for each the first at which it is less like its original than a threshold. */
export type Chosen = {
  readonly strength?: number;
  readonly threshold?: number;
  /** Share of pairs of strangers that look more alike than that. */
  readonly level?: number;
  /** The upper end of the interval that was held against the target. */
  readonly risk?: number;
};

/** How many images and people strength was chosen by, and how many others judged. */
export type SplitSizes = {
  readonly choosing: { readonly images: number; readonly people: number };
  readonly judging: { readonly images: number; readonly people: number };
};

export type Counts = {
  readonly images: number;
  /** Of each fate how many; they add up to all images. */
  readonly fates: Readonly<Record<Fate, number>>;
  /** Images that are near-duplicates of an earlier one. */
  readonly duplicates: number;
};

/** An identity report whose similarities, one for each image, are told by a few of them. */
export type IdentitySummary = Omit<IdentityReport, 'similarity'> & { readonly similarity?: Spread };

export type Spread = {
  readonly mean: number;
  readonly median: number;
  /** Not passed by 95 % of the copies. */
  readonly most: number;
  readonly highest: number;
  /** Copies that were measured. */
  readonly of: number;
};

export const summaryOf = ({ similarity, ...identity }: IdentityReport): IdentitySummary => {
  const spread = spreadOf(similarity);
  return { ...identity, ...(spread ? { similarity: spread } : {}) };
};

const spreadOf = (values: ArrayLike<number>): Spread | undefined => {
  const rising = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const { length } = rising;
  if (length === 0) return undefined;
  const at = (share: number): number => rising[Math.ceil(share * length) - 1] as number;
  const mean = rising.reduce((sum, value) => sum + value, 0) / length;
  return { mean, median: at(0.5), most: at(0.95), highest: at(1), of: length };
};

/**
 * A report as the text of a file.
 *
 * @throws NumericError `not-finite` for a number that JSON would turn into nothing, with where it stands.
 */
export const reportText = (report: AnonymityReport): string => {
  checkFinite(report, []);
  return `${JSON.stringify(report, null, 2)}\n`;
};

const checkFinite = (value: unknown, path: readonly string[]): void => {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new NumericError(
      'not-finite',
      `${path.join('.')} of the report is ${value}; what was not measured is left out`,
    );
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) checkFinite(inner, [...path, name]);
};
