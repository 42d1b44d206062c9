import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import type { ImageSet } from '../../node/data/imageSet.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { epsilonError, looksAt } from '../../node/training/epsilonError.ts';
import { bytesOfImage, type Cost, memoryFor, secondsOf } from '../cost.ts';
import { costOfJudging, type JudgeCost } from '../judgeCost.ts';
import { costOfReturns } from '../returnCost.ts';
import { allPlaces, type Candidate } from './judge.ts';
import { labelWays, ownLabels, toldOfImages } from './labels.ts';
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
    const own = ownLabels(model, images, asked.way);
    const places = all.slice(0, Math.min(ERROR_BATCH, asked.images));
    const some = { ...toldOfImages(model, images, asked), places };
    const errorImages = looksAt(Math.min(asked.images, images.count));
    const perError = (await secondsOf(() => epsilonError(model, images, some))) / looksAt(places.length);
    const returns = await costOfAllReturns(model, { images, asked, own, judging });
    const seconds = perError * errorImages + returns.seconds + (judging?.judgingSeconds ?? 0);
    const trainingSeconds = judging?.trainingSeconds ?? 0;
    return {
      evaluations: errorImages + returns.evaluations,
      seconds: seconds + trainingSeconds,
      memoryBytes: memoryFor(bytesOfImage(model) * Math.min(asked.returns, images.count)),
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
  const ways = labelWays(model, places, { own, way: asked.way });
  const { strengths, way } = asked;
  try {
    const labels = ways.at(-1)?.returnTo;
    const work = { images: pixels, way, strengths, variants: ways.length, count, labels, roundTrip: true };
    const { evaluations, seconds } = await costOfReturns(model, work);
    const classes = images.labels && places.map((place) => images.labels?.[place] as number);
    const retention =
      judging && classes ? { retention: { classify: judging.classifier.classify, labels: classes } } : {};
    const settings = { ...way, strength: 0, seed: asked.seed };
    const measuring = await secondsOf(() =>
      measureReturns(model, { images: pixels, ...retention, ...ways.at(-1) }, settings),
    );
    const rounds = strengths.length * ways.length + (model.isLatent ? 1 : 0);
    return { evaluations, seconds: seconds + (measuring * rounds * count) / places.length };
  } finally {
    pixels.dispose();
  }
};
