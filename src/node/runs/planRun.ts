import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { boomerangAugment } from '../../transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import type { ImageSource } from '../data/source.ts';
import { version } from '../version.ts';
import { firstImages } from './firstImages.ts';
import type { FormatName } from './format.ts';
import { classifierDigest, standInKeep } from './keepFrom.ts';
import { checkSoftLabels, labelling, labelsOption } from './labelling.ts';
import { type DataPlace, openData } from './openData.ts';
import type { RunPlan } from './plan.ts';

/** Of the transform: what a run does not say itself. */
export type RunAugment = Omit<
  AugmentOptions,
  'model' | 'bank' | 'keep' | 'labels' | 'image' | 'keys' | 'range' | 'cache' | 'onVariant' | 'state' | 'signal'
>;

export type PlanRunOptions = DataPlace & {
  readonly model: Model;
  readonly augment: RunAugment;
  readonly variants: number;
  /** @defaultValue false */
  readonly originals?: boolean;
  /** @defaultValue as many as take 64 MiB, from 16 to 256 */
  readonly shardImages?: number | undefined;
  /** @defaultValue 'webdataset' */
  readonly format?: FormatName;
  /** Uses a variant only if the classifier of a `model.json` still sees its class. */
  readonly keep?: { readonly classifier: string; readonly minProbability?: number; readonly topK?: number };
};

/**
 * The plan of a run: what there is to do, from the data, the model and how variants are made.
 *
 * @throws ArgumentError `no-labels` for data without classes where they are needed, `bad-label`, `bad-soft-labels`; those
 *   of `boomerangAugment` and of `findSource`.
 */
export const planRun = async (options: PlanRunOptions): Promise<RunPlan> => {
  const { model, augment, variants, originals = false, format = 'webdataset', keep } = options;
  const { source, facts } = await openData(options);
  checkLabels(options, facts.classes);
  checkFormat(format, augment, source);
  const first = await firstShape(options, source);
  const labels = facts.classes && labelling(facts.classes, model, augment.conditional ?? false);
  if (labels && augment.softLabels) checkSoftLabels(labels);
  const asked = keep && (await askedOf(keep));
  const transform = boomerangAugment({
    ...{ model, ...augment, bank: variants },
    ...(labels ? { labels: labelsOption(labels) } : {}),
    ...(asked ? { keep: standInKeep(asked) } : {}),
  });
  return {
    version: 1,
    program: version,
    data: facts,
    model: { digest: model.digest, precision: model.precision ?? 'float32' },
    variants,
    originals,
    shardImages: options.shardImages ?? usualShardImages(model, first),
    format,
    augment: transform.getConfig(),
    ...(asked ? { keep: asked } : {}),
  };
};

/** In an order of its own, since it decides the digest of the plan. */
const askedOf = async ({ classifier, minProbability, topK }: NonNullable<PlanRunOptions['keep']>) => ({
  classifier: await classifierDigest(classifier),
  ...(minProbability === undefined ? {} : { minProbability }),
  ...(topK === undefined ? {} : { topK }),
});

const checkLabels = ({ data, augment, keep }: PlanRunOptions, classes: readonly string[] | undefined): void => {
  if (classes !== undefined) return;
  const { conditional, softLabels } = augment;
  const needs = [
    ...(keep ? ['a classifier'] : []),
    ...(softLabels ? ['soft labels'] : []),
    ...(conditional ? ['conditional'] : []),
  ];
  if (needs.length === 0) return;
  const rule = `the images of ${data} have no classes, which ${needs.join(' and ')} would need`;
  throw new ArgumentError('no-labels', `${rule}; leave that out, or put the images of each class into a folder`);
};

/** @throws ArgumentError `bad-format` for what IDX files cannot hold. */
const checkFormat = (
  format: FormatName,
  { softLabels, fit = 'exact' }: RunAugment,
  { layout, classes = [] }: ImageSource,
) => {
  if (format !== 'idx') return;
  const faults = [
    ...(softLabels ? ['one number for each label, and no soft labels'] : []),
    ...(classes.length > 256 ? [`labels up to 255, and there are ${classes.length} classes`] : []),
    ...(fit !== 'exact' && layout.content === 'pictures'
      ? ['images of one size, and those of a folder may differ']
      : []),
  ];
  if (faults.length === 0) return;
  throw new ArgumentError('bad-format', `IDX holds ${faults.join(', and ')}; choose webdataset, tfrecord or folder`);
};

/**
 * The shape of the first image that can be read, of some at the beginning.
 *
 * @throws ArgumentError `bad-image-shape` where the model knows another one, and images are not fitted.
 */
const firstShape = async (
  { data, model, augment }: PlanRunOptions,
  source: ImageSource,
): Promise<ImageShape | undefined> => {
  const [first] = await firstImages(source, { count: TRIED, channels: model.imageShape[2] });
  const [height, width] = model.imageShape;
  const isOther = first && (first.shape[0] !== height || first.shape[1] !== width);
  if (!isOther || (augment.fit ?? 'exact') !== 'exact') return first?.shape;
  const found = `${first.name} of ${data} is ${first.shape[0]} x ${first.shape[1]}`;
  const rule = `the model knows images of ${height} x ${width} (height, width), and ${found}`;
  throw new ArgumentError('bad-image-shape', `${rule}; fit them: resize, or detail, which keeps their fine structure`);
};

const TRIED = 4;

const MOST_SHARD_BYTES = 2 ** 26;

const usualShardImages = ({ imageShape }: Model, first: ImageShape = imageShape): number => {
  const bytes = Math.max(...[imageShape, first].map(([height, width, channels]) => height * width * channels));
  return Math.min(256, Math.max(16, Math.floor(MOST_SHARD_BYTES / bytes)));
};
