import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { boomerangAugment } from '../../transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../transforms/boomerang/options.ts';
import { version } from '../version.ts';
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
  const { facts } = await openData(options);
  checkLabels(options, facts.classes);
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
    shardImages: options.shardImages ?? usualShardImages(model),
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

const MOST_SHARD_BYTES = 2 ** 26;

const usualShardImages = ({ imageShape: [height, width, channels] }: Model): number =>
  Math.min(256, Math.max(16, Math.floor(MOST_SHARD_BYTES / (height * width * channels))));
