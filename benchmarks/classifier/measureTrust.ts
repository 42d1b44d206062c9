import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ImageSet } from 'tfjs-boomerang';
import { imagesAt } from './batches.ts';
import { CORRUPTIONS, type Corruption } from './corruptions.ts';

/** How far a classifier can be trusted beyond its plain accuracy. */
export type Trust = {
  /** Expected calibration error, in [0, 1]: how far the chance that it states is from the share that is right. */
  readonly calibrationError: number;
  /** Shares of spoiled images that are classified right, by corruption, from the slightest to the heaviest. */
  readonly robustness: Readonly<Record<string, readonly number[]>>;
};

export type TrustOptions = {
  readonly images: ImageSet;
  readonly places: readonly number[];
  /** Images that are spoiled: the first so many. @defaultValue 500 */
  readonly spoiled?: number;
};

export const measureTrust = (classifier: LayersModel, { images, places, spoiled = 500 }: TrustOptions): Trust => {
  const some = places.slice(0, spoiled);
  const robustness = Object.entries(CORRUPTIONS).map(([name, severities]) => [
    name,
    severities.map((corrupt, n) => shareRight(judge(classifier, { images, places: some, corrupt, seed: [name, n] }))),
  ]);
  return {
    calibrationError: calibrationError(judge(classifier, { images, places })),
    robustness: Object.fromEntries(robustness),
  };
};

/** How sure a classifier was of an image, and whether it was right. */
export type Judged = { readonly confidence: number; readonly isRight: boolean };

const BINS = 15;

/** @see Guo et al. 2017, arXiv:1706.04599, with 15 bins of equal width. */
export const calibrationError = (judged: readonly Judged[]): number => {
  const bins = Array.from({ length: BINS }, (): Judged[] => []);
  for (const one of judged) bins[Math.min(BINS - 1, Math.floor(one.confidence * BINS))]?.push(one);
  const gaps = bins.map((bin) => Math.abs(bin.reduce((sum, one) => sum + one.confidence - (one.isRight ? 1 : 0), 0)));
  return gaps.reduce((sum, gap) => sum + gap, 0) / judged.length;
};

const shareRight = (judged: readonly Judged[]): number =>
  judged.filter(({ isRight }) => isRight).length / judged.length;

const AT_ONCE = 250;

type Judging = {
  readonly images: ImageSet;
  readonly places: readonly number[];
  readonly corrupt?: Corruption;
  readonly seed?: readonly (string | number)[];
};

const judge = (classifier: LayersModel, { images, places, corrupt, seed = [] }: Judging): Judged[] => {
  const { labels = [] } = images;
  const judged: Judged[] = [];
  for (let start = 0; start < places.length; start += AT_ONCE) {
    const part = places.slice(start, start + AT_ONCE);
    const answers = tf.tidy(() => {
      const clean = imagesAt(images, part);
      const seen = corrupt ? corrupt(clean, ['classifier benchmark', 'corruption', ...seed, start]) : clean;
      return (classifier.predictOnBatch(seen) as tf.Tensor2D).arraySync();
    });
    for (const [n, row] of answers.entries()) {
      const confidence = Math.max(...row);
      judged.push({ confidence, isRight: row.indexOf(confidence) === labels[part[n] as number] });
    }
  }
  return judged;
};
