import * as tf from '@tensorflow/tfjs-core';
import { type Interval, meanOf, wilsonInterval } from '../../calibrate/intervals.ts';
import { keptClasses, rmsDistances, structuralSimilarities } from '../../calibrate/measures.ts';
import { takeValues, type VariantWork, visitVariants } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import type { Way } from '../../node/tuning/way.ts';

/** Images in [0, 1], and what is known of them. */
export type EvaluatedImages = {
  readonly images: tf.Tensor4D;
  /** Tells classes apart, if there is a classifier; and the classes of the images, which it gets right, as it counts. */
  readonly retention?: { readonly classify: (images: tf.Tensor4D) => tf.Tensor; readonly labels: readonly number[] };
  /** The model's label to return each image to; the null label where absent. */
  readonly returnTo?: readonly number[];
};

/** What a way there and back does to images. */
export type RoundTripFigures = {
  /** Share of variants that keep their class, with its 95 % interval. */
  readonly retention?: { readonly mean: number; readonly interval: Interval };
  /** Variance of the variants over that of the images, pixel by pixel over the images, then the mean of both. */
  readonly varianceKept: number;
  /** Root mean square distance to the image, in [0, 1] units, the mean over images. */
  readonly rms: number;
  /** Structural similarity to the image, the mean over images. */
  readonly ssim: number;
};

/** What returns from one strength do. */
export type ReturnFigures = RoundTripFigures & {
  readonly strength: number;
  /** Whether images return to their own class instead of the null label. */
  readonly labelGiven: boolean;
};

export const roundTripOf = ({ strength, labelGiven, ...figures }: ReturnFigures): RoundTripFigures => figures;

export type ReturnSettings = Way &
  Pick<VariantWork, 'roundTrip' | 'encodings'> & {
    readonly strength: number;
    readonly seed: string;
    readonly onVariants?: (count: number) => void;
  };

/** Makes one variant of each image at a strength and measures what was kept. */
export const measureReturns = async (
  model: Model,
  { images, retention, returnTo }: EvaluatedImages,
  settings: ReturnSettings,
): Promise<ReturnFigures> => {
  const places = Array.from({ length: images.shape[0] }, (_, place) => place);
  const [kept, rms, ssim]: [number[], number[], number[]] = [[], [], []];
  const [before, after] = [spread(), spread()];
  const work = { ...settings, places, variants: 1, ...(returnTo ? { labels: returnTo } : {}) };
  await visitVariants(model, images, work, async ({ images: originals, variants: [variants], places: some }) => {
    before.add(await originals.data<'float32'>(), some.length);
    after.add(await variants.data<'float32'>(), some.length);
    rms.push(...(await takeValues(rmsDistances(originals, variants))));
    ssim.push(...(await takeValues(structuralSimilarities(originals, variants))));
    if (!retention) return;
    const own = some.map((place) => retention.labels[place] as number);
    const scores = tf.tidy(() => keptClasses(retention.classify(variants) as tf.Tensor2D, own));
    kept.push(...(await takeValues(scores)));
  });
  return {
    strength: settings.strength,
    labelGiven: returnTo !== undefined,
    ...(retention ? { retention: { mean: meanOf(kept), interval: wilsonInterval(kept) } } : {}),
    varianceKept: after.variance() / before.variance(),
    rms: meanOf(rms),
    ssim: meanOf(ssim),
  };
};

/** Gathers images; their variance is that of each pixel over the images, and then the mean over the pixels. */
const spread = () => {
  let count = 0;
  let sums: Float64Array | undefined;
  let squares: Float64Array | undefined;
  return {
    add(values: Float32Array, images: number): void {
      const size = values.length / images;
      sums ??= new Float64Array(size);
      squares ??= new Float64Array(size);
      count += images;
      for (const [i, value] of values.entries()) {
        sums[i % size] = (sums[i % size] as number) + value;
        squares[i % size] = (squares[i % size] as number) + value * value;
      }
    },
    variance: (): number =>
      meanOf(Array.from(squares ?? [], (square, i) => square / count - ((sums?.[i] as number) / count) ** 2)),
  };
};
