import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import type { SeedPath } from '../random.ts';
import { type Evaluation, evaluationsOf, type Leg, walk } from '../solvers/index.ts';
import { imageNoise } from '../tensors/noise.ts';
import { type Batch, type ImageKey, pickImages } from './batch.ts';
import type { LatentCache } from './cache.ts';
import type { ReturnPlan } from './plan.ts';

/** One throw and return of a batch of images. */
export type Flight = {
  readonly model: Model;
  readonly plan: ReturnPlan;
  readonly batch: Batch;
  /** Classes to return to, one for each image. */
  readonly labels?: readonly number[] | undefined;
  readonly address: FlightAddress;
  readonly cache?: LatentCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
};

/** Where the random numbers of a flight come from. */
export type FlightAddress = {
  readonly seed: string | number;
  readonly epoch: number;
  readonly variant: number;
  /** The epoch whose throw is used: the first of those that share one. */
  readonly throwEpoch: number;
  /** How many steps belong to the throw and are shared with it. */
  readonly branchStep: number;
};

/** What a flight needs from outside: an answer of the network, or the values of a tensor. */
export type Ask =
  | { readonly evaluate: Evaluation; readonly labels?: readonly number[] | undefined }
  | { readonly read: tf.Tensor };
export type Answer = tf.Tensor4D | Float32Array;
/** Work that asks; see `drive` and `driveAsync`. */
export type Asking<Result> = Generator<Ask, Result, Answer>;

/** Variants in [-1, 1], not yet clipped, owned by the caller; and the network calls they took, image by image. */
export type Landing = { readonly variants: tf.Tensor4D; readonly evaluations: number };

/**
 * Throws a batch into the noise and brings it back. It is a generator, so that the same walk serves `dataset.map`,
 * which may not wait, and `dataset.mapAsync`, which must not block.
 *
 * The walk is cut at the branch whether or not there is a cache: cached or not, a variant is the same.
 */
export function* fly(flight: Flight): Asking<Landing> {
  const { plan, batch, address } = flight;
  const prefix = plan.legs.slice(0, address.branchStep);
  const suffix = plan.legs.slice(address.branchStep);
  const { start, launched } = yield* launch(flight, prefix);
  try {
    const variants = yield* follow(flight, start, { legs: suffix, firstStep: prefix.length });
    const evaluations =
      launched * evaluationsOf(plan.solver, prefix) + batch.keys.length * evaluationsOf(plan.solver, suffix);
    return { variants, evaluations };
  } finally {
    start.dispose();
  }
}

/** Images at the branch: those that the cache knows from there, the others thrown and walked to it. */
function* launch(flight: Flight, prefix: readonly Leg[]): Asking<{ start: tf.Tensor4D; launched: number }> {
  const { cache, batch, model } = flight;
  if (!cache) return { start: yield* throwAndFollow(flight, prefix), launched: batch.keys.length };

  const names = batch.keys.map((key, n) => latentName(flight, key, n));
  const latents = names.map((name) => cache.get(name));
  const missing = latents.flatMap((latent, n) => (latent ? [] : [n]));
  if (missing.length > 0) {
    const values = yield* readAndDispose(yield* throwAndFollow(pickFlight(flight, missing), prefix));
    const size = values.length / missing.length;
    missing.forEach((n, m) => {
      const latent = values.slice(m * size, (m + 1) * size);
      latents[n] = latent;
      cache.set(names[n] as string, latent);
    });
  }
  return { start: stack(latents as Float32Array[], model), launched: missing.length };
}

function* throwAndFollow(flight: Flight, prefix: readonly Leg[]): Asking<tf.Tensor4D> {
  const thrown = throwImages(flight);
  if (prefix.length === 0) return thrown;
  try {
    return yield* follow(flight, thrown, { legs: prefix, firstStep: 0 });
  } finally {
    thrown.dispose();
  }
}

/** `x = image + sigma * epsilon`, the variance-exploding form; at strength 1 nothing of the image is left. */
const throwImages = ({ model, plan, batch, address }: Flight): tf.Tensor4D =>
  tf.tidy(() => {
    const { seed, throwEpoch, variant } = address;
    const paths = batch.keys.map((key): SeedPath => [seed, key, 'throw', throwEpoch, variant]);
    const noise = imageNoise(paths, model.imageShape);
    if (plan.fromNoise) return tf.mul(noise, Math.hypot(plan.sigma, 1));
    const images = tf.tensor4d(batch.pixels, noise.shape);
    return tf.add(images, tf.mul(noise, plan.sigma));
  });

/** Walks some legs of the return. */
function* follow(
  { model, plan, batch, address, labels, signal, onStep }: Flight,
  x: tf.Tensor4D,
  { legs, firstStep }: { readonly legs: readonly Leg[]; readonly firstStep: number },
): Asking<tf.Tensor4D> {
  const { seed, epoch, variant, throwEpoch, branchStep } = address;
  const noise = (step: number): tf.Tensor4D => {
    const paths = batch.keys.map(
      (key): SeedPath => [seed, key, 'step', step < branchStep ? throwEpoch : epoch, variant, step],
    );
    return imageNoise(paths, model.imageShape);
  };
  const steps = walk({ x, legs, solver: plan.solver, clip: model.scheduler.clip, noise, firstStep, signal, onStep });
  try {
    let next = steps.next();
    while (!next.done) next = steps.next((yield { evaluate: next.value, labels }) as tf.Tensor4D);
    return next.value;
  } finally {
    steps.return(x); // after a failure: lets the walk free what it holds
  }
}

/** The values of a tensor, which is left alone. */
export function* readTensor(tensor: tf.Tensor): Asking<Float32Array> {
  return (yield { read: tensor }) as Float32Array;
}

function* readAndDispose(tensor: tf.Tensor): Asking<Float32Array> {
  try {
    return yield* readTensor(tensor);
  } finally {
    tensor.dispose();
  }
}

const pickFlight = (flight: Flight, indices: readonly number[]): Flight => ({
  ...flight,
  batch: pickImages(flight.batch, indices),
  labels: flight.labels && indices.map((index) => flight.labels?.[index] as number),
});

/** Everything that decides the latent of an image at the branch. */
const latentName = ({ model, plan, address, labels }: Flight, key: ImageKey, n: number): string => {
  const { seed, throwEpoch, variant, branchStep } = address;
  const way = branchStep === 0 ? [] : [plan.solverName, plan.legs.slice(0, branchStep), labels?.[n] ?? null];
  return JSON.stringify(['v1', model.digest, seed, key, throwEpoch, variant, plan.sigma, plan.fromNoise, way]);
};

const stack = (latents: readonly Float32Array[], { imageShape }: Model): tf.Tensor4D => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const values = new Float32Array(latents.length * size);
  latents.forEach((latent, n) => {
    values.set(latent, n * size);
  });
  return tf.tensor4d(values, [latents.length, ...imageShape]);
};
