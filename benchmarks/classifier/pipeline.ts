import type { Dataset } from '@tensorflow/tfjs-data';
import {
  type Augment,
  type AugmentOptions,
  boomerangAugment,
  type Classifier,
  classical,
  compose,
  type Transform,
} from 'tfjs-boomerang';
import { type Batch, batches, extraBatches, isExtra, placeOf } from './batches.ts';
import type { Bench, Task } from './bench.ts';
import { type Settings, STRONG, type Strong } from './settings.ts';
import { isRare } from './split.ts';
import type { Teacher } from './teacher.ts';
import { trivialAugment } from './trivial.ts';

export type PipelineOptions = Task & {
  readonly places: readonly number[];
  /** Of an arm that filters its variants. */
  readonly keeper?: Classifier | undefined;
  /** Of an arm whose extra draws are labelled by one. */
  readonly teacher?: Teacher | undefined;
  /** Of an arm that changes some images only: whether one of them is that at a place. */
  readonly selects?: ((place: number) => boolean) | undefined;
};

/** Batches as an arm wants them, and what they cost. */
export type Pipeline = {
  /** One batch for each step of the training. */
  readonly batches: Dataset<Batch>;
  variants(): { readonly drawn: number; readonly evaluations: number };
};

/** Elements under way before the training thread asks for them. */
const AHEAD = 4;

/** Opens the batches of an arm; makes its bank of variants first, if there is to be one. */
export const openPipeline = async (bench: Bench, options: PipelineOptions): Promise<Pipeline> => {
  const { train, settings } = bench;
  const { arm, places, seed, teacher } = options;
  const stretches = makeAugments(bench, options);
  const augments = stretches.flatMap((augment) => (augment ? [augment] : []));
  if (settings.bank > 0 && !arm.slow) {
    for (const augment of augments) await augment.fillBank(extraBatches(train, places, settings.batch) as never);
  }
  const after = [...(teacher ? [teacher.transform] : []), ...usualOf(settings, options)];
  const ways = stretches.length > 0 ? stretches.map((augment) => (augment ? [augment, ...after] : after)) : [after];
  const transforms = ways.flatMap((way) => (way.length > 0 ? [compose(...way) as Transform] : []));
  const { steps, batch: size } = settings;
  const drawn = batches(train, { places, seed, size, steps, ...extrasOf(bench, options) });
  const change = (batch: Batch): Promise<Batch> => {
    const turn = arm.inTurns ? batch.step : Math.floor((batch.step / steps) * transforms.length);
    return (transforms[turn % transforms.length] as Transform).async(batch, { epoch: batch.step });
  };
  const changed = transforms.length === 0 ? drawn : drawn.mapAsync(change);
  return {
    batches: teacher ? changed : changed.prefetch(AHEAD), // a teacher answers as it is after the step before
    variants: () => ({
      drawn: augments.reduce((sum, augment) => sum + augment.stats().changed, 0),
      evaluations: augments.reduce((sum, augment) => sum + augment.stats().evaluations, 0),
    }),
  };
};

const keys: NonNullable<AugmentOptions['keys']> = (element) => (element as unknown as Batch).keys;

const extrasOf = ({ settings, split, train: { labels = [] } }: Bench, { arm, places }: PipelineOptions) => ({
  hasExtras: arm.rare ? (place: number) => isRare(labels[place] as number) : undefined,
  extras: arm.extras === 'none' ? 0 : settings.extras,
  smoothing: (arm.strong && strongOf(settings).smoothing) || 0,
  doubt: arm.soft ? settings.strength ** settings.gamma : 0,
  pool: arm.extras === 'pool' ? poolOf(split.rest, places) : undefined,
});

const strongOf = (settings: Settings): Strong => settings.strong ?? STRONG;

/** A fifth of the training images that have no label in this run. */
const poolOf = (rest: readonly number[], places: readonly number[]): readonly number[] => {
  const labelled = new Set(places);
  const others = rest.filter((place) => !labelled.has(place));
  return others.slice(0, Math.ceil(others.length / 5));
};

const usualOf = (settings: Settings, { arm, seed }: PipelineOptions): readonly Transform[] => {
  if (!arm.classical) return [];
  const { trivial, smoothing: _, ...operations } = arm.strong ? strongOf(settings) : (settings.classical as Strong);
  return [...(trivial ? [trivialAugment({ seed, keys })] : []), classical({ ...operations, seed, keys })];
};

/** One for each stretch of the training, or none where nothing is thrown in it. */
const makeAugments = (bench: Bench, options: PipelineOptions): readonly (Augment | undefined)[] => {
  const { model, settings, bank } = bench;
  const { arm, seed, keeper, selects = () => true } = options;
  if (arm.extras !== 'variants') return [];
  return (arm.strengths ?? [1]).map((share) =>
    share === 0
      ? undefined
      : boomerangAugment({
          model,
          seed,
          strength: Math.min(1, share * settings.strength),
          probability: settings.probability ?? 1,
          keys,
          select: { selects: (key) => isExtra(key) && selects(placeOf(key)) },
          labels: 'ys',
          softLabels: { gamma: settings.gamma },
          conditional: arm.conditional ?? false,
          bank,
          ...(keeper ? { keep: { classifier: keeper, minProbability: settings.keep } } : {}),
        }),
  );
};
