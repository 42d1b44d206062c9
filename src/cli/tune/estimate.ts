import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../calibrate/variants.ts';
import type { Model } from '../../models/model.ts';
import type { OpenClassifier } from '../../node/classifierFile.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { scoreBatch, summarise } from '../../node/tuning/scores.ts';
import type { SweepPoint } from '../../node/tuning/sweep.ts';
import { bytesOfImage, type Cost, checkMemory, describeCost, memoryFor, secondsOf, secondsOnce } from '../cost.ts';
import { describeSeconds } from '../duration.ts';
import { costOfJudging } from '../judgeCost.ts';
import { costOfReturns } from '../returnCost.ts';
import type { Bench } from './bench.ts';
import { evaluationsLeft, reportOf, shownImages, shownOf, strengthsLeft } from './measure.ts';
import { drawTuning } from './picture.ts';

/** What a run will take, from trying a little of all that it does. */
export type TuneEstimate = Cost & {
  /** At most, like the evaluations: images that the classifier gets wrong are left out. */
  readonly variants: number;
  readonly sweepSeconds: number;
  /** 0 where the classifier is there already. */
  readonly trainingSeconds: number;
};

export type EstimateWork = { readonly known: readonly SweepPoint[]; readonly signal: AbortSignal };

/** @throws EnvironmentError `too-little-memory` */
export const estimateTuning = async (model: Model, bench: Bench, work: EstimateWork): Promise<TuneEstimate> => {
  const { tuning, data, split } = bench;
  const left = strengthsLeft(tuning, work.known);
  const size = data.bytes.length / data.count;
  checkMemory(4 * size * (tuning.images + (tuning.variants + 1) * Math.min(BATCH, tuning.images)));
  const judged = { data, places: split.validation };
  const judging = { data, training: split.training, judged, signal: work.signal };
  const { classifier, trainingSeconds, judgingSeconds } = bench.classifier
    ? await costOfJudging(bench.classifier, judging)
    : NOBODY;
  try {
    const places = split.validation.slice(0, Math.min(tuning.images, BATCH));
    const roundTrip = model.isLatent && !work.known.some((point) => point.roundTrip);
    const trial = await tryStrength(model, bench, { classifier, places, left, roundTrip });
    const seconds = trial.sweepSeconds + judgingSeconds + trial.pictureSeconds;
    return {
      evaluations: evaluationsLeft(bench, work.known, tuning.images),
      seconds: seconds + trainingSeconds,
      memoryBytes: memoryFor(bytesOfImage(model) * tuning.images),
      variants: left.length * tuning.images * tuning.variants,
      sweepSeconds: trial.sweepSeconds,
      trainingSeconds,
    };
  } finally {
    classifier?.dispose();
  }
};

/** Where nobody judges. */
const NOBODY = { classifier: undefined, trainingSeconds: 0, judgingSeconds: 0 };

type Trial = {
  readonly classifier: OpenClassifier | undefined;
  readonly places: readonly number[];
  readonly left: readonly number[];
  /** Whether the round trip of a latent model is to be measured. */
  readonly roundTrip: boolean;
};

/** Walks with a batch, measures it, and draws the picture of what was found, with the images in place of variants. */
const tryStrength = async (model: Model, bench: Bench, { classifier, places, left, roundTrip }: Trial) => {
  const { data, tuning, ownLabels } = bench;
  const labels = places.map((place) => data.labels[place] as number);
  const images = tf.tensor4d(pixelsAt(data, places), [places.length, ...data.imageShape]);
  const returnTo = ownLabels && labels.map((label) => ownLabels[label] as number);
  const { way, variants, images: count } = tuning;
  try {
    const work = { images, way, strengths: left, variants, count, labels: returnTo, roundTrip };
    const returns = await costOfReturns(model, work);
    const same = Array.from({ length: variants }, () => images) as [tf.Tensor4D, ...tf.Tensor4D[]];
    const batch = { images, variants: same, places: places.map((_, n) => n) };
    const shown = shownOf(bench, labels);
    const judge = classifier ? { judge: { labels, classify: classifier.classify } } : {};
    const score = () => scoreBatch(batch, { shown, ...judge });
    const scoring = (await secondsOf(score)) * Math.ceil(count / places.length) * (left.length + (roundTrip ? 1 : 0));
    const found = summarise([await score()]);
    const at = (strength: number): SweepPoint => ({
      strength,
      timestep: 0,
      sigma: 0,
      evaluations: 0,
      ...found,
      secondsPerVariant: 0,
    });
    const swept = { points: tuning.strengths.map(at), ...(model.isLatent ? { roundTrip: at(0) } : {}) };
    const pictureSeconds = await secondsOnce(async () => {
      const report = reportOf(bench, swept, { labels, accuracy: classifier ? 1 : null });
      await drawTuning({ report, shape: model.imageShape, shown: shownImages(bench, swept, { places, shown }) });
    });
    return { sweepSeconds: returns.seconds + scoring, pictureSeconds };
  } finally {
    images.dispose();
  }
};

/** One line for people. */
export const describeEstimate = (estimate: TuneEstimate): string => {
  const { variants, trainingSeconds } = estimate;
  const training = trainingSeconds > 0 ? `, of which ${describeSeconds(trainingSeconds)} to train a classifier` : '';
  return `${describeCost(estimate)} of at most ${variants} variants${training}`;
};
