import type { Looked } from './look.ts';
import { embedPictures } from './look.ts';
import { classesAt, sideBySide } from './pairs.ts';
import { among, findRanks, type Ranks } from './ranks.ts';
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

/** A strength, and what the embedder sees in each copy of the sample: its ranks, NaN where it finds nobody. */
export type Measured = {
  readonly point: CurvePoint;
  readonly copies: Seen;
  /** Of other copies, thrown as far into another noise; where each image goes as far as it must. */
  readonly others?: Seen;
};

export type Seen = Readonly<Record<keyof Ranks, Float32Array>>;

/** Measures every strength. */
export const measureCurve = async (run: Run, looked: Looked, sample: Sample): Promise<readonly Measured[]> => {
  const measured: Measured[] = [];
  for (const [n, strength] of run.strengths.entries()) {
    run.signal?.throwIfAborted();
    measured.push(await run.journal(`strength ${strength}`, () => measureAt(run, looked, { sample, strength })));
    run.onProgress('choosing', (n + 1) / run.strengths.length);
  }
  return measured;
};

type Measuring = { readonly sample: Sample; readonly strength: number; readonly draw?: number };

/** A draw of noise that nothing else takes. */
const ANOTHER = 4;

const measureAt = async (run: Run, looked: Looked, measuring: Measuring): Promise<Measured> => {
  const { copies, after, seen } = await seenAt(run, looked, measuring);
  const { places, pictures } = measuring.sample;
  const { strength } = measuring;
  const groups = places.map((place) => looked.people[place] as number);
  const recognised = recognisedIn(seen, groups, strength);
  const eyes = { before: someVectors(looked.embedded, places), after, people: groups };
  const utility = await sideBySide(pictures, copies, (originals, made) =>
    utilityOf(originals, made, { ...eyes, ...classesAt(run, places) }),
  );
  const others = run.per === 'image' ? await seenAt(run, looked, { ...measuring, draw: ANOTHER }) : undefined;
  return { point: { strength, ...recognised, utility }, copies: seen, ...(others ? { others: others.seen } : {}) };
};

/** Who is recognised in copies, and how many that may be. */
export const recognisedIn = (
  { own, person }: Pick<Seen, 'own' | 'person'>,
  groups: readonly number[],
  what: string | number,
): Pick<CurvePoint, 'own' | 'person' | 'risk'> => {
  const share = (ranks: Float32Array, which: string): Share | undefined =>
    shareOf({ hits: among(Float64Array.from(ranks), 1), groups }, ['anonymise', which, what]);
  const [ownShare, personShare] = [share(own, 'own'), share(person, 'person')];
  return {
    ...(ownShare ? { own: ownShare } : {}),
    ...(personShare ? { person: personShare } : {}),
    risk: Math.max(ownShare?.high ?? 1, personShare?.high ?? 0),
  };
};

const seenAt = async (run: Run, looked: Looked, measuring: Measuring) => {
  const copies = await copiesAt(run, looked, measuring);
  const after = await embedPictures(copies, run.embed, 'copies');
  const { similarity, own, person } = await findRanks(after, looked.embedded, {
    people: looked.people,
    places: measuring.sample.places,
  });
  const seen: Seen = {
    similarity: Float32Array.from(similarity),
    own: Float32Array.from(own),
    person: Float32Array.from(person),
  };
  return { copies, after, seen };
};

const copiesAt = async (
  run: Run,
  looked: Looked,
  { sample, strength, draw = 0 }: Measuring,
): Promise<readonly Picture[]> => {
  const copies: Picture[] = [];
  for (let from = 0; from < sample.places.length; from += BATCH) {
    const throws = sample.pictures
      .slice(from, from + BATCH)
      .map((picture, n) => toThrow(run, looked, { place: sample.places[from + n] as number, picture, strength, draw }));
    const made = await throwPictures(run.model, throws, run.way);
    copies.push(...made.map((pixels, n) => ({ pixels, shape: (throws[n] as { picture: Picture }).picture.shape })));
  }
  return copies;
};
