import { ArgumentError } from '../../errors.ts';
import type { Looked } from './look.ts';
import { embedPictures } from './look.ts';
import { classesAt, sideBySide } from './pairs.ts';
import { among, findRanks } from './ranks.ts';
import type { Picture } from './regions/regions.ts';
import { BATCH, type Run } from './run.ts';
import { type Share, shareOf } from './shares.ts';
import { throwPictures } from './throwPictures.ts';
import { toThrow } from './toThrow.ts';
import { type Utility, utilityOf } from './utility.ts';
import { someVectors } from './vectors.ts';

/** What one strength does to those by whom strength is chosen, in the eyes of the embedder that chooses. */
export type CurvePoint = {
  readonly strength: number;
  /** Copies whose own original is the nearest of all originals. */
  readonly own?: Share;
  /** Copies whose nearest other picture is of the same person, where people have several. */
  readonly person?: Share;
  /** The higher of the upper ends of both; 1 where nothing could be measured. */
  readonly risk: number;
  readonly utility: Utility;
};

/** Images of one size by which strength is chosen. */
export type Sample = {
  readonly places: readonly number[];
  readonly pictures: readonly Picture[];
};

/** Measures every strength. */
export const measureCurve = async (run: Run, looked: Looked, sample: Sample): Promise<readonly CurvePoint[]> => {
  const points: CurvePoint[] = [];
  for (const [n, strength] of run.strengths.entries()) {
    run.signal?.throwIfAborted();
    points.push(await run.journal(`strength ${strength}`, () => measurePoint(run, looked, { sample, strength })));
    run.onProgress('choosing', (n + 1) / run.strengths.length);
  }
  return points;
};

type Measuring = { readonly sample: Sample; readonly strength: number };

const measurePoint = async (run: Run, looked: Looked, { sample, strength }: Measuring): Promise<CurvePoint> => {
  const copies = await copiesAt(run, looked, { sample, strength });
  const { places, pictures } = sample;
  const after = await embedPictures(copies, run.embed, 'copies');
  const ranks = await findRanks(after, looked.embedded, { people: looked.people, places });
  const groups = places.map((place) => looked.people[place] as number);
  const share = (which: 'own' | 'person'): Share | undefined =>
    shareOf({ hits: among(ranks[which], 1), groups }, ['anonymise', which, strength]);
  const [own, person] = [share('own'), share('person')];
  const seen = { before: someVectors(looked.embedded, places), after, people: groups };
  return {
    strength,
    ...(own ? { own } : {}),
    ...(person ? { person } : {}),
    risk: Math.max(own?.high ?? 1, person?.high ?? 0),
    utility: await sideBySide(pictures, copies, (originals, made) =>
      utilityOf(originals, made, { ...seen, ...classesAt(run, places) }),
    ),
  };
};

const copiesAt = async (run: Run, looked: Looked, { sample, strength }: Measuring): Promise<readonly Picture[]> => {
  const copies: Picture[] = [];
  for (let from = 0; from < sample.places.length; from += BATCH) {
    const throws = sample.pictures
      .slice(from, from + BATCH)
      .map((picture, n) => toThrow(run, looked, { place: sample.places[from + n] as number, picture, strength }));
    const made = await throwPictures(run.model, throws, run.way);
    copies.push(...made.map((pixels, n) => ({ pixels, shape: (throws[n] as { picture: Picture }).picture.shape })));
  }
  return copies;
};

/**
 * The lowest strength from which on every one meets the target, at the upper end of its interval.
 *
 * @throws ArgumentError `target-not-met`
 */
export const chooseStrength = (curve: readonly CurvePoint[], target: number): CurvePoint => {
  const rising = [...curve].sort((a, b) => a.strength - b.strength);
  const firstGood = rising.findLastIndex(({ risk }) => risk > target) + 1;
  const chosen = rising[firstGood];
  if (chosen) return chosen;
  const best = rising.reduce((least, point) => (point.risk < least.risk ? point : least));
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rule = `no strength up to ${rising.at(-1)?.strength} keeps re-identification below ${percent(target)}`;
  const seen = `the upper end of its interval is ${percent(best.risk)} at strength ${best.strength}, the best of them`;
  const remedy = 'try higher strengths, more people, another model, or a higher target';
  throw new ArgumentError('target-not-met', `${rule}: ${seen}; ${remedy}`);
};
