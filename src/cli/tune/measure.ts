import * as tf from '@tensorflow/tfjs-core';
import { reachOf, reachPerClass, usefulBand } from '../../calibrate/reach.ts';
import { ArgumentError } from '../../errors.ts';
import type { OpenClassifier } from '../../node/classifierFile.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { rightPlaces } from '../../node/tuning/classifier.ts';
import { classNames } from '../../node/tuning/heldOut.ts';
import { type SweepPoint, type Swept, sweep } from '../../node/tuning/sweep.ts';
import { planAmong } from '../../returns/plan.ts';
import { reportedModel } from '../reportedModel.ts';
import type { Bench } from './bench.ts';
import type { KeptPoints } from './kept.ts';
import type { Tuning } from './options.ts';
import type { ShownImage } from './picture.ts';
import type { ReportedPoint, TuneReport } from './report.ts';

export type Measured = { readonly report: TuneReport; readonly shown: readonly ShownImage[] };

const LEAST_IMAGES = 10;
const MOST_SHOWN = 6;

export type MeasureWork = {
  readonly kept: KeptPoints;
  readonly signal: AbortSignal;
  /** Told the share of the work done. */
  readonly onProgress: (share: number) => void;
};

/**
 * Sweeps the strengths over the validation images, those that the classifier gets right where one is asked.
 *
 * @throws ArgumentError `too-few-images`
 */
export const measureStrengths = async (
  bench: Bench,
  classifier: OpenClassifier | undefined,
  { kept, signal, onProgress }: MeasureWork,
): Promise<Measured> => {
  const { data, split, tuning, model, ownLabels } = bench;
  const judged = { data, places: split.validation, signal };
  const right = new Set(classifier ? await rightPlaces(classifier, judged) : split.validation);
  const places = split.validation.slice(0, tuning.images).filter((place) => right.has(place));
  if (classifier) checkEnough(places.length, tuning.images);
  const labels = places.map((place) => data.labels[place] as number);
  const shown = shownOf(bench, labels);
  const total = evaluationsLeft(bench, kept.known, places.length);
  let done = 0;
  const onEvaluated = (count: number): void => {
    done += count;
    onProgress(done / total);
  };
  const images = tf.tensor4d(pixelsAt(data, places), [places.length, ...data.imageShape]);
  try {
    const returnTo = ownLabels ? { returnTo: labels.map((label) => ownLabels[label] as number) } : {};
    const judge = classifier ? { judge: { labels, classify: classifier.classify } } : {};
    const sweepData = { images, shown, ...judge, ...returnTo };
    const work = { tuning, signal, known: kept.known, onEvaluated, onPoint: kept.keep };
    const swept = await sweep(model, sweepData, work);
    onProgress(1); // also where nothing had to be evaluated
    const accuracy = classifier ? right.size / split.validation.length : null;
    const report = reportOf(bench, swept, { labels, accuracy });
    return { report, shown: shownImages(bench, swept, { places, shown }) };
  } finally {
    images.dispose();
  }
};

/** Network calls, image by image, of the strengths that are not known yet. */
export const evaluationsLeft = ({ model, tuning }: Bench, known: readonly SweepPoint[], images: number): number =>
  strengthsLeft(tuning, known).reduce(
    (sum, strength) => sum + planAmong(model, { ...tuning.way, strength }).evaluations * tuning.variants * images,
    0,
  );

export const strengthsLeft = ({ strengths }: Tuning, known: readonly SweepPoint[]): readonly number[] =>
  strengths.filter((strength) => known.every((point) => point.roundTrip || point.strength !== strength));

const checkEnough = (count: number, asked: number): void => {
  if (count >= LEAST_IMAGES) return;
  const rule = `tune needs at least ${LEAST_IMAGES} images that the classifier gets right, got ${count} of ${asked}`;
  throw new ArgumentError('too-few-images', `${rule}; raise --images, or name a better --classifier`);
};

/** The first image of each class, of so many classes as a picture has room for; the first images where there are none. */
export const shownOf = ({ hasLabels }: Pick<Bench, 'hasLabels'>, labels: readonly number[]): number[] =>
  labels.flatMap((label, n) => (!hasLabels || labels.indexOf(label) === n ? [n] : [])).slice(0, MOST_SHOWN);

type Chosen = { readonly places: readonly number[]; readonly shown: readonly number[] };

/** Images with a variant of each strength, after what the round trip makes of them, where there is one. */
export const shownImages = (
  { data, model }: Bench,
  { points, roundTrip }: Swept,
  { places, shown }: Chosen,
): ShownImage[] => {
  const names = classNames(data, model);
  return shown.map((n, row) => {
    const place = places[n] as number;
    const variants = [...(roundTrip ? [roundTrip] : []), ...points].map((point) => point.shown[row] as Float32Array);
    return { label: names[data.labels[place] as number] ?? '', images: [pixelsAt(data, [place]), ...variants] };
  });
};

type Found = { readonly labels: readonly number[]; readonly accuracy: number | null };

/** What the points say. */
export const reportOf = (bench: Bench, swept: Swept, { labels, accuracy }: Found): TuneReport => {
  const { tuning, model, names, data, split, classifier } = bench;
  const { strengths, images, way, target, ...rest } = tuning;
  const byLabels = classifier !== undefined;
  const { points, roundTrip } = swept;
  const { solver, steps, eta, guidance } = planAmong(model, { ...way, strength: 0.5 }).manner;
  return {
    version: 1,
    model: reportedModel(names.model, model),
    backend: names.backend,
    data: {
      folder: names.folder,
      validation: split.validation.length,
      images,
      measured: labels.length,
      classifier: classifier ? nameOf(classifier) : null,
      accuracy,
    },
    ...{ solver, steps, eta },
    ...rest,
    target: byLabels ? target : null,
    ...{ prompt: way.prompt ?? null, negativePrompt: way.negativePrompt ?? null, guidance },
    evaluations: points.reduce((sum, point) => sum + point.evaluations * tuning.variants * labels.length, 0),
    points: points.map(reported),
    ...(roundTrip ? { roundTrip: reported(roundTrip) } : {}),
    perClass: byLabels ? reachPerClass(swept, tuning, { labels, names: classNames(data, model) }) : [],
    reach: byLabels ? reachOf(swept, tuning) : null,
    band: usefulBand(swept, tuning) ?? null,
  };
};

const nameOf = ({ isGiven, path }: NonNullable<Bench['classifier']>): string =>
  isGiven ? path : 'trained on the other training images';

const reported = ({ kept, shown, roundTrip, ...point }: SweepPoint): ReportedPoint => point;
