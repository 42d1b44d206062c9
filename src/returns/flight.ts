import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { evaluationsOf, type Leg, walk } from '../solvers/index.ts';
import { imageNoise } from '../tensors/noise.ts';
import { stepPath, throwPath } from './address.ts';
import { type Asking, takeTensor } from './asking.ts';
import { latentName } from './cacheNames.ts';
import { mergeLegs, type ReturnPlan } from './plan.ts';
import type { Throw } from './throw.ts';

/** Where noisy latents are kept; see `LatentCache`. */
export type KeptLatents = {
  get(name: string): Float32Array | undefined;
  /** @returns what `get` hands out for it, rounded if the cache rounds. */
  set(name: string, latent: Float32Array): Float32Array;
};

export type FlightOptions = {
  /** How many steps belong to the throw and are shared with it. @defaultValue 0 */
  readonly branchStep?: number;
  readonly cache?: KeptLatents | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
};

/** Variants in [-1, 1], not yet clipped, one for each throw; and the network calls they took, image by image. */
export type Landing = { readonly pixels: readonly Float32Array[]; readonly evaluations: number };

type Flight = FlightOptions & { readonly model: Model; readonly throws: readonly Throw[]; readonly branchStep: number };

/**
 * Throws images into the noise and brings them back, all in one batch.
 *
 * The walk is cut at the branch whether or not there is a cache: cached or not, a variant is the same.
 *
 * @param throws at least one.
 */
export function* fly(model: Model, throws: readonly Throw[], options: FlightOptions = {}): Asking<Landing> {
  const flight: Flight = { branchStep: 0, ...options, model, throws };
  const { branchStep } = flight;
  const [first] = throws as readonly [Throw];
  const legs = mergeLegs(throws.map(({ plan }) => plan));
  const calls = (part: readonly Leg[]): number => evaluationsOf(first.plan.solver, part);
  const { start, launched } = yield* launch(flight);
  try {
    const values = yield* takeTensor(yield* follow(flight, start, { from: branchStep, to: legs.length }));
    const evaluations = launched * calls(legs.slice(0, branchStep)) + throws.length * calls(legs.slice(branchStep));
    return { pixels: cut(values, throws.length), evaluations };
  } finally {
    start.dispose();
  }
}

/** Images at the branch: those that the cache knows from there, the others thrown and walked to it. */
function* launch(flight: Flight): Asking<{ start: tf.Tensor4D; launched: number }> {
  const { cache, throws, model, branchStep } = flight;
  if (!cache) return { start: yield* throwAndFollow(flight), launched: throws.length };

  const names = throws.map((one) => latentName(model, one, branchStep));
  const latents = names.map((name) => cache.get(name));
  const missing = latents.flatMap((latent, n) => (latent ? [] : [n]));
  if (missing.length > 0) {
    const some = { ...flight, throws: missing.map((n) => throws[n] as Throw) };
    const made = cut(yield* takeTensor(yield* throwAndFollow(some)), missing.length);
    for (const [m, n] of missing.entries()) {
      latents[n] = cache.set(names[n] as string, made[m] as Float32Array); // a cache that rounds does so at once
    }
  }
  return { start: stack(latents as Float32Array[], model), launched: missing.length };
}

function* throwAndFollow(flight: Flight): Asking<tf.Tensor4D> {
  const thrown = throwImages(flight);
  if (flight.branchStep === 0) return thrown;
  try {
    return yield* follow(flight, thrown, { from: 0, to: flight.branchStep });
  } finally {
    thrown.dispose();
  }
}

/** `x = image + sigma * epsilon`, the variance-exploding form; at strength 1 nothing of the image is left. */
const throwImages = ({ model, throws }: Flight): tf.Tensor4D =>
  tf.tidy(() => {
    const column = (of: (plan: ReturnPlan) => number): tf.Tensor4D =>
      tf.tensor4d(
        throws.map(({ plan }) => of(plan)),
        [throws.length, 1, 1, 1],
      );
    const clean = stack(
      throws.map(({ image }) => image.pixels),
      model,
    );
    const images = tf.mul(
      clean,
      column(({ fromNoise }) => (fromNoise ? 0 : 1)),
    );
    const scale = column(({ fromNoise, sigma }) => (fromNoise ? Math.hypot(sigma, 1) : sigma));
    const noise = imageNoise(
      throws.map(({ address }) => throwPath(address)),
      model.imageShape,
    );
    return tf.add(images, tf.mul(noise, scale));
  });

/** Walks some legs of the return. */
function* follow(
  { model, throws, branchStep, signal, onStep }: Flight,
  x: tf.Tensor4D,
  { from, to }: { readonly from: number; readonly to: number },
): Asking<tf.Tensor4D> {
  const noise = (step: number): tf.Tensor4D => {
    const paths = throws.map(({ address }) => stepPath(address, step, step < branchStep));
    return imageNoise(paths, model.imageShape);
  };
  const [first] = throws as readonly [Throw];
  const legs = mergeLegs(throws.map(({ plan }) => plan)).slice(from, to);
  const { clip } = model.scheduler;
  const steps = walk({ x, legs, solver: first.plan.solver, clip, noise, firstStep: from, signal, onStep });
  const labels = first.label === undefined ? undefined : throws.map(({ label }) => label as number);
  const keys = throws.map(({ address }) => address.key);
  try {
    let next = steps.next();
    while (!next.done) next = steps.next((yield { model, evaluate: next.value, labels, keys }) as tf.Tensor4D);
    return next.value;
  } finally {
    steps.return(x); // after a failure: lets the walk free what it holds
  }
}

const cut = (values: Float32Array, count: number): Float32Array[] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, n) => values.slice(n * size, (n + 1) * size));
};

const stack = (images: readonly Float32Array[], { imageShape }: Model): tf.Tensor4D => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const values = new Float32Array(images.length * size);
  for (const [n, image] of images.entries()) values.set(image, n * size);
  return tf.tensor4d(values, [images.length, ...imageShape]);
};
