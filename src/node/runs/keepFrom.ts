import { basename, dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { digestOf } from '../../checkpoints/digest.ts';
import { openTfjsFiles } from '../../checkpoints/tfjsModel.ts';
import type { Model } from '../../models/model.ts';
import type { Keep } from '../../transforms/boomerang/filters.ts';
import { openClassifier } from '../classifierFile.ts';
import { openFolder } from '../folder.ts';
import { type Labelling, renumbered } from './labelling.ts';
import type { RunPlan } from './plan.ts';

/** Equal digests mean equal classifiers, wherever their files lie. */
export const classifierDigest = async (path: string): Promise<string> => {
  const { bytes, weightData } = await openTfjsFiles(await openFolder(dirname(path)), basename(path));
  return digestOf([bytes, weightData]);
};

export type OpenKeep = { readonly keep: Keep; readonly dispose: () => void };

type Judging = { readonly model: Model; readonly labels: Labelling; readonly asked: NonNullable<RunPlan['keep']> };

/**
 * The filter that judges the variants of a run, by a classifier from a file, which sees images in [0, 1].
 *
 * @throws ArgumentError, CheckpointError, EnvironmentError as `openClassifier`.
 */
export const openKeep = async (path: string, { model, labels, asked }: Judging): Promise<OpenKeep> => {
  const { classify, dispose } = await openClassifier(path, model.imageShape, labels.told.length);
  const own = labels.isRenumbered ? renumbered(classify, labels) : classify;
  const classifier = (images: tf.Tensor4D): tf.Tensor => tf.tidy(() => own(tf.div(images, 255)));
  const { minProbability, topK } = asked;
  const keep: Keep =
    topK === undefined ? { classifier, minProbability: minProbability as number } : { classifier, topK };
  return { keep, dispose };
};

/** For whoever checks options and judges nothing. */
export const standInKeep = ({ minProbability, topK }: Omit<NonNullable<RunPlan['keep']>, 'classifier'>): Keep => {
  const classifier = (images: tf.Tensor4D): tf.Tensor => images;
  return topK === undefined ? { classifier, minProbability: minProbability as number } : { classifier, topK };
};
