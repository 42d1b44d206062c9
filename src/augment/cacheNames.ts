import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { imageKey } from '../tensors/imageKey.ts';
import type { AugmentSetup } from './augmentSetup.ts';
import type { Candidate } from './bringBack.ts';
import type { Flight, Traveller } from './flight.ts';
import type { NamedImage } from './images.ts';

/*
 * A name says everything that decides what is kept under it, to the last bit, and the version of how it is said.
 */

/** Networks round differently on different engines and backends. */
const machineName = ({ digest, engine }: Model): readonly string[] => [digest, engine, tf.getBackend()];

/** An image that the caller named is known by its pixels as well, as a cache on disk may serve many data sets. */
const imageName = ({ key, isNamed, pixels }: NamedImage): readonly unknown[] => [
  key,
  isNamed ? imageKey(pixels) : null,
];

/** The name of an image's latent at the branch of a flight. */
export const latentName = (
  { model, seed, throwEpoch, branchStep }: Flight,
  { variant, plan, label, ...image }: Traveller,
): string => {
  const { sigma, fromNoise, solverName, legs } = plan;
  const way = branchStep === 0 ? [] : [solverName, legs.slice(0, branchStep), label ?? null];
  return JSON.stringify(['v2', machineName(model), seed, imageName(image), throwEpoch, variant, sigma, fromNoise, way]);
};

/** The name of a variant in a bank. The classifier of `keep` is not part of it: one cache, one classifier. */
export const bankName = (
  { options, tries, branch }: AugmentSetup,
  { variant, plan, label, ...image }: Candidate,
): string => {
  const { model, seed, conditional, keep, distance, bank } = options;
  const { sigma, fromNoise, solverName, legs } = plan;
  const filters = [keep?.minProbability ?? null, keep?.topK ?? null, distance ?? null, tries, bank];
  const own = conditional || keep ? (label ?? null) : null;
  const way = [solverName, sigma, fromNoise, legs, branch, own, conditional ?? false];
  return JSON.stringify(['v2', 'bank', machineName(model), seed, imageName(image), variant, way, filters]);
};
