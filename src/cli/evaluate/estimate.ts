import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { epsilonError, looksAt } from '../../node/training/epsilonError.ts';
import { type Cost, costOfReturns, memoryFor, secondsOf } from '../cost.ts';
import { costOfJudging, type JudgeCost } from '../judgeCost.ts';
import { allPlaces, type Candidate } from './judge.ts';
import { labelWays, ownLabels } from './measure.ts';
import type { Asked } from './options.ts';
import { measureReturns } from './returns.ts';

export type EvaluationCost = Cost & {
  /** 0 where the classifier is there already, or none is asked. */
  readonly trainingSeconds: number;
};

type Evaluating = {
  readonly images: ImageSet;
  readonly candidate: Candidate | undefined;
  readonly asked: Asked;
  readonly signal: AbortSignal;
};

/** Images that are asked for their noise at once. */
const ERROR_BATCH = 64;

/**
 * What an evaluation will take, from trying a little of all that it does. At most: images that the classifier gets wrong
 * are not returned.
 *
 * @throws EnvironmentError `too-little-memory`
 */
export const estimateEvaluation = async (
  model: Model,
  { images, candidate, asked, signal }: Evaluating,
): Promise<EvaluationCost> => {
  const all = allPlaces(images);
  const judging =
    candidate && (await costOfJudging(candidate.place, { ...candidate, judged: judgedBy(candidate), signal }));
  try {
    const own = ownLabels(model, images);
    const places = all.slice(0, ERROR_BATCH);
    const some = { seed: asked.seed, places, labels: own };
    const errorImages = looksAt(Math.min(asked.images, images.count));
    const perError = (await secondsOf(() => epsilonError(model, images, some))) / looksAt(places.length);
    const returns = await costOfAllReturns(model, { images, asked, own, judging });
    const seconds = perError * errorImages + returns.seconds + (judging?.judgingSeconds ?? 0);
    const trainingSeconds = judging?.trainingSeconds ?? 0;
    const size = images.bytes.length / images.count;
    return {
      evaluations: errorImages + returns.evaluations,
      seconds: seconds + trainingSeconds,
      memoryBytes: memoryFor(4 * size * Math.min(asked.returns, images.count)),
      trainingSeconds,
    };
  } finally {
    judging?.classifier.dispose();
  }
};

const judgedBy = ({ images }: Candidate) => ({ data: images, places: allPlaces(images) });

type Returning = {
  readonly images: ImageSet;
  readonly asked: Asked;
  readonly own: readonly number[] | undefined;
  readonly judging: JudgeCost | undefined;
};

/** Some steps are walked; what measuring adds, an image thrown by 0 tells, which takes no steps. */
const costOfAllReturns = async (model: Model, { images, asked, own, judging }: Returning) => {
  const count = Math.min(asked.returns, images.count);
  const places = allPlaces(images).slice(0, Math.min(BATCH, count));
  const pixels = tf.tensor4d(pixelsAt(images, places), [places.length, ...images.imageShape]);
  const ways = labelWays(model, places, own);
  const { strengths, way } = asked;
  try {
    const labels = ways.at(-1)?.returnTo;
    const one = await costOfReturns(model, { images: pixels, way, strengths, variants: 1, count, labels });
    const classes = images.labels && places.map((place) => images.labels?.[place] as number);
    const retention =
      judging && classes ? { retention: { classify: judging.classifier.classify, labels: classes } } : {};
    const settings = { ...way, strength: 0, seed: asked.seed };
    const measuring = await secondsOf(() =>
      measureReturns(model, { images: pixels, ...retention, ...ways.at(-1) }, settings),
    );
    const batches = (count / places.length) * strengths.length;
    return {
      evaluations: one.evaluations * ways.length,
      seconds: (one.seconds + measuring * batches) * ways.length,
    };
  } finally {
    pixels.dispose();
  }
};
