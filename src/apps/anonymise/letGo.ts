import { isFarEnough } from './farEnough.ts';
import type { Outcome } from './fates.ts';
import { embedPictures, type Looked } from './look.ts';
import { findRanks } from './ranks.ts';
import type { Picture } from './regions/regions.ts';
import type { Run } from './run.ts';
import { throwPictures } from './throwPictures.ts';
import { toThrow } from './toThrow.ts';

/** How far images go: all as far, or each until the embedder takes it for a stranger at a threshold of similarity. */
export type Aim =
  | { readonly strength: number }
  | {
      readonly threshold: number;
      /** Share of pairs of strangers that look more alike than that. */
      readonly level: number;
      /** Upper end of the interval of those who are recognised all the same. */
      readonly risk: number;
    };

/** An original that is to be thrown. */
export type Going = {
  readonly place: number;
  readonly picture: Picture;
  /** `whole` where nobody is found: nobody can tell how far it must go. */
  readonly fate: 'written' | 'whole';
  /** What became of the first of its near-duplicates, if that was before. */
  readonly first: Outcome | undefined;
};

/** What became of it; there is no copy where none is far enough. */
export type Gone = { readonly outcome: Outcome; readonly copy?: Picture };

/** Throws originals as far as they are to go. */
export const letGo = async (
  run: Run,
  looked: Looked,
  { aim, going }: { readonly aim: Aim; readonly going: readonly Going[] },
): Promise<readonly Gone[]> => {
  const farthest = Math.max(...run.strengths);
  const fixed = (one: Going): number | undefined => {
    if ('strength' in aim) return aim.strength;
    return one.fate === 'whole' ? farthest : one.first?.strength;
  };
  const all = going.flatMap((one) => {
    const strength = fixed(one);
    return strength === undefined ? [] : [{ ...one, strength }];
  });
  const gone = (await thrown(run, looked, all)).map((copy, n): Gone => {
    const { place, fate, strength } = all[n] as (typeof all)[number];
    return { outcome: { place, fate, strength, tries: 1 }, copy };
  });
  if ('strength' in aim) return gone;
  const others = going.filter((one) => fixed(one) === undefined);
  return [...gone, ...(await farEnough(run, looked, { going: others, threshold: aim.threshold }))];
};

/** Throws each farther and farther, until it is far enough. */
const farEnough = async (
  run: Run,
  looked: Looked,
  { going, threshold }: { readonly going: readonly Going[]; readonly threshold: number },
): Promise<readonly Gone[]> => {
  const rising = [...run.strengths].sort((a, b) => a - b);
  const gone: Gone[] = [];
  let left = going;
  for (const [n, strength] of rising.entries()) {
    if (left.length === 0) break;
    const copies = await thrown(
      run,
      looked,
      left.map((one) => ({ ...one, strength })),
    );
    const near = await tooNear(run, looked, { places: left.map(({ place }) => place), copies, threshold });
    for (const [k, { place, fate }] of left.entries()) {
      if (!near[k]) gone.push({ outcome: { place, fate, strength, tries: n + 1 }, copy: copies[k] as Picture });
    }
    left = left.filter((_, k) => near[k]);
  }
  return [...gone, ...left.map(({ place }): Gone => ({ outcome: { place, fate: 'too-near', tries: rising.length } }))];
};

type Copies = {
  readonly places: readonly number[];
  readonly copies: readonly Picture[];
  readonly threshold: number;
};

/** Whether a copy is taken for its original, or might be: where the embedder finds nobody, nothing is known. */
const tooNear = async (
  run: Run,
  looked: Looked,
  { places, copies, threshold }: Copies,
): Promise<readonly boolean[]> => {
  const vectors = await embedPictures(copies, run.embed, 'copies');
  const { similarity, own } = await findRanks(vectors, looked.embedded, { people: looked.people, places });
  return places.map((_, n) => !isFarEnough(similarity[n], own[n], threshold));
};

type Far = Going & { readonly strength: number };

const thrown = async (run: Run, looked: Looked, going: readonly Far[]): Promise<readonly Picture[]> => {
  const throws = going.map(({ place, picture, strength }) => toThrow(run, looked, { place, picture, strength }));
  const made = await throwPictures(run.model, throws, run.way);
  return made.map((pixels, n) => ({ pixels, shape: (going[n] as Far).picture.shape }));
};
