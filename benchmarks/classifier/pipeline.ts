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

export type PipelineOptions = Task & {
  readonly places: readonly number[];
  /** Of an arm that filters its variants. */
  readonly keeper?: Classifier | undefined;
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
  const { arm, places, seed } = options;
  const augments = makeAugments(bench, options);
  if (settings.bank > 0 && !arm.slow) {
    for (const augment of augments) await augment.fillBank(extraBatches(train, places, settings.batch) as never);
  }
  const usual = arm.classical ? [classical({ ...settings.classical, seed, keys })] : [];
  const transforms: Transform[] = augments.map((augment) => compose(augment, ...usual) as Transform);
  if (augments.length === 0) transforms.push(...usual);
  const extras = arm.extras === 'none' ? 0 : settings.extras;
  const doubt = arm.soft ? settings.strength : 0;
  const { steps, batch: size } = settings;
  const drawn = batches(train, { places, extras, doubt: doubt ** settings.gamma, seed, size, steps });
  const change = (batch: Batch): Promise<Batch> => {
    const turn = arm.inTurns ? batch.step : Math.floor((batch.step / steps) * transforms.length);
    return (transforms[turn % transforms.length] as Transform).async(batch, { epoch: batch.step });
  };
  return {
    batches: transforms.length === 0 ? drawn : drawn.mapAsync(change).prefetch(AHEAD),
    variants: () => ({
      drawn: augments.reduce((sum, augment) => sum + augment.stats().changed, 0),
      evaluations: augments.reduce((sum, augment) => sum + augment.stats().evaluations, 0),
    }),
  };
};

const keys: NonNullable<AugmentOptions['keys']> = (element) => (element as unknown as Batch).keys;

const makeAugments = ({ model, settings, bank }: Bench, options: PipelineOptions): readonly Augment[] => {
  const { arm, seed, keeper, selects = () => true } = options;
  if (arm.extras !== 'variants') return [];
  return (arm.strengths ?? [1]).map((share) =>
    boomerangAugment({
      model,
      seed,
      strength: Math.min(1, share * settings.strength),
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
