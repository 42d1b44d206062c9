import * as tf from '@tensorflow/tfjs-core';
import { checkNames } from '../../checks.ts';
import type { Classifier } from '../../models/classifier.ts';
import { compareUtilities, type UtilityName, type UtilityOrder } from './compareUtilities.ts';
import { embedAll, type Vectors } from './embedder.ts';
import type { Recognised } from './identity.ts';
import { type Judged, type Judging, judgePairs } from './judgePairs.ts';
import { madeBy } from './madeBy.ts';
import { blur, pixelate } from './plain.ts';
import { recognise } from './recognition.ts';
import { type Utility, utilityOf } from './utility.ts';
import { someVectors } from './vectors.ts';
import { ladder, weakestLevel } from './weakestLevel.ts';

/** Who is recognised in copies at rank 1, in the eyes of the judge, and what the copies keep. */
export type Weighed = { readonly own?: Recognised; readonly person?: Recognised; readonly utility: Utility };

/** Copies as people make them today, at the weakest level at which no more people are recognised than in given copies. */
export type PlainCopies = Weighed & {
  /** Standard deviation of the blur, or side of the blocks, in pixels; 0 or 1 for images as they are. */
  readonly level: number;
};

export type PlainComparison = {
  readonly copies: Weighed;
  /** Absent where no level hides as many, or where nobody was found in the copies. */
  readonly blur?: PlainCopies;
  readonly pixelate?: PlainCopies;
  /** In what the copies keep less than blurred ones that hide people as well, or than pixelated ones. */
  readonly isWorse: { readonly blur: readonly UtilityName[]; readonly pixelate: readonly UtilityName[] };
  readonly isBetter: { readonly blur: readonly UtilityName[]; readonly pixelate: readonly UtilityName[] };
};

export type PlainOptions = Judging & {
  /** Whose labels copies should keep, and the class of each copy's original, as of {@link utilityOf}. */
  readonly classify?: Classifier;
  readonly labels?: readonly number[];
};

const OPTIONS: Readonly<Record<keyof PlainOptions, true>> = {
  embed: true,
  people: true,
  places: true,
  before: true,
  after: true,
  classify: true,
  labels: true,
};

/**
 * Sets copies beside what people do today: of blurs and of pixelations each the weakest that lets the judge recognise no
 * more people than it does in the copies, by the own original and by another picture, and what each keeps. No more than
 * chance hides as well as any. A level at which it finds nobody hides everybody, and what that costs stands in what is found.
 *
 * @param originals float32 `[N, h, w, c]` in [0, 1], all of which are searched; they and the copies stay the caller's.
 * @throws ArgumentError `unknown-option`, those of {@link attackReport} and of {@link utilityOf}.
 */
export const comparePlain = async (
  originals: tf.Tensor4D,
  copies: tf.Tensor4D,
  options: PlainOptions,
): Promise<PlainComparison> => {
  checkNames('comparePlain', Object.keys(OPTIONS), options);
  const judged = await judgePairs(originals, copies, options);
  const sources = tf.tidy(() => tf.gather(originals, tf.tensor1d([...judged.places], 'int32')));
  try {
    const task: Task = { ...judged, sources, options };
    const limit = await search(judged.after, task);
    const given: Weighed = { ...limit, utility: await keptBy(copies, judged.after, task) };
    const side = Math.max(...originals.shape.slice(1, 3));
    const blurred = await weakest(task, limit, { make: blur, levels: [0, ...ladder(0.25, side / 2)] });
    const pixelated = await weakest(task, limit, { make: pixelate, levels: blockSizes(side) });
    const beside = (plain: PlainCopies | undefined): UtilityOrder =>
      plain ? compareUtilities(given.utility, plain.utility) : { worse: [], better: [] };
    const [blurOrder, pixelateOrder] = [beside(blurred), beside(pixelated)];
    return {
      copies: given,
      ...(blurred ? { blur: blurred } : {}),
      ...(pixelated ? { pixelate: pixelated } : {}),
      isWorse: { blur: blurOrder.worse, pixelate: pixelateOrder.worse },
      isBetter: { blur: blurOrder.better, pixelate: pixelateOrder.better },
    };
  } finally {
    sources.dispose();
  }
};

type Task = Judged & {
  /** The original of each copy. */
  readonly sources: tf.Tensor4D;
  readonly options: PlainOptions;
};

type Found = Pick<Weighed, 'own' | 'person'>;

type Family = {
  readonly make: (images: tf.Tensor4D, level: number) => tf.Tensor4D;
  readonly levels: readonly number[];
};

const weakest = async (task: Task, limit: Found, { make, levels }: Family): Promise<PlainCopies | undefined> => {
  if (!limit.own && !limit.person) return undefined;
  const tried = new Map<number, { readonly after: Vectors; readonly found: Found }>();
  const { embed } = task.options;
  const level = await weakestLevel(levels, async (one) => {
    const made = madeBy(async (images) => make(images, one), task.sources, { places: task.places, draw: 0 });
    const after = await embedAll(made, embed, 'plain copies');
    const found = await search(after, task);
    tried.set(one, { after, found });
    return isHidden(found.own, limit.own) && isHidden(found.person, limit.person);
  });
  const chosen = level === undefined ? undefined : tried.get(level);
  if (level === undefined || chosen === undefined) return undefined;
  const made = make(task.sources, level);
  try {
    return { level, ...chosen.found, utility: await keptBy(made, chosen.after, task) };
  } finally {
    made.dispose();
  }
};

const isHidden = (found: Recognised | undefined, limit: Recognised | undefined): boolean =>
  found === undefined || limit === undefined || found.share <= Math.max(limit.share, found.chance);

const search = async (after: Vectors, { before, people, places }: Task | Judged): Promise<Found> => {
  const { own, person } = await recognise(after, before, { people, places, path: ['plain'] });
  return { ...(own.rank1 ? { own: own.rank1 } : {}), ...(person.rank1 ? { person: person.rank1 } : {}) };
};

const keptBy = (
  made: tf.Tensor4D,
  after: Vectors,
  { sources, before, people, places, options }: Task,
): Promise<Utility> =>
  utilityOf(sources, made, {
    before: someVectors(before, places),
    after,
    people: places.map((place) => people[place] as number),
    ...(options.classify ? { classify: options.classify } : {}),
    ...(options.labels ? { labels: options.labels } : {}),
  });

const blockSizes = (side: number): readonly number[] => [...new Set([...ladder(1, side).map(Math.round), side])];
