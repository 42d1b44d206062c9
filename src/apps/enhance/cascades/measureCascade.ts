import * as tf from '@tensorflow/tfjs-core';
import { BATCH, takeValues } from '../../../calibrate/variants.ts';
import type { Model } from '../../../models/model.ts';
import type { PlainThrow } from '../cascade.ts';
import type { EnhanceOptions } from '../options.ts';
import { multiScaleGmsd } from '../quality/gmsd.ts';
import { psnr } from '../quality/psnr.ts';
import { ssim } from '../quality/ssim.ts';
import { meanOf } from '../spread.ts';
import { withResults } from '../withResults.ts';
import { type MeasuredCascade, QUALITIES, type Qualities } from './measured.ts';

/** Images, and what was seen of them: float32 in [0, 1]. */
export type Pairs = { readonly originals: tf.Tensor4D; readonly seen: tf.Tensor4D };

export type CascadeWork = {
  readonly pairs: Pairs;
  /** How they are enhanced, but for the cascade. */
  readonly enhancing: Omit<EnhanceOptions, 'cascade' | 'onProgress'>;
  /** Told the share that is done. */
  readonly onShare?: (share: number) => void;
};

/** Enhances all images by a cascade, and measures the mean of their results and the first of them. */
export const measureCascade = async (
  model: Model,
  cascade: readonly PlainThrow[],
  { pairs, enhancing, onShare }: CascadeWork,
): Promise<MeasuredCascade> => {
  const { samples = 1, labels } = enhancing;
  const [mean, one] = [blank(), blank()];
  const [count] = pairs.originals.shape;
  let evaluations = 0;
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    const [originals, seen] = [pairs.originals, pairs.seen].map((x) => tf.slice(x, start, size)) as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const onProgress = (done: number, total: number): void => onShare?.((start + (size * done) / total) / count);
    const own = labels ? { labels: labels.slice(start, start + size) } : {};
    try {
      await withResults(model, seen, { ...enhancing, ...own, cascade, range: '0..1', onProgress }, async (made) => {
        evaluations = made.evaluations / samples;
        await append(one, made.results[0] as Float32Array, originals);
        await append(mean, meanOf(made.results), originals);
      });
    } finally {
      tf.dispose([originals, seen]);
    }
  }
  return { cascade, evaluations, mean, one };
};

const blank = (): Record<keyof Qualities, number[]> => ({ psnr: [], ssim: [], distance: [] });

const MEASURES = { psnr, ssim, distance: multiScaleGmsd } as const;
const MOST_PSNR = 60;

/** @param pixels in [-1, 1]. */
const append = async (
  all: Record<keyof Qualities, number[]>,
  pixels: Float32Array,
  originals: tf.Tensor4D,
): Promise<void> => {
  const unit = pixels.map((pixel) => (Math.min(1, Math.max(-1, pixel)) + 1) / 2);
  const images = tf.tensor4d(unit, originals.shape);
  try {
    for (const name of QUALITIES) {
      const values = await takeValues(MEASURES[name](images, originals));
      all[name].push(...values.map((value) => Math.min(MOST_PSNR, value)));
    }
  } finally {
    images.dispose();
  }
};
