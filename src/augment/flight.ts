import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import type { SeedPath } from '../random.ts';
import { evaluationsOf, type Leg, walk } from '../solvers/index.ts';
import { imageNoise } from '../tensors/noise.ts';
import { type Asking, takeTensor } from './asking.ts';
import type { LatentCache } from './cache.ts';
import { latentName } from './cacheNames.ts';
import type { NamedImage } from './images.ts';
import { mergeLegs, type ReturnPlan } from './plan.ts';

/** An image on its way. */
export type Traveller = NamedImage & {
  /** How far it goes and how it returns; images of one flight may differ in strength, not in steps or solver. */
  readonly plan: ReturnPlan;
  /** Which of its variants. */
  readonly variant: number;
  /** The class to return to; for all travellers of a flight, or for none. */
  readonly label?: number | undefined;
};

/** One throw and return of some images, at least one. */
export type Flight = {
  readonly model: Model;
  readonly travellers: readonly Traveller[];
  readonly seed: string | number;
  readonly epoch: number;
  /** The epoch whose throw is used: the first of those that share one. */
  readonly throwEpoch: number;
  /** How many steps belong to the throw and are shared with it. */
  readonly branchStep: number;
  readonly cache?: LatentCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
};

/** Variants in [-1, 1], not yet clipped, one after the other; and the network calls they took, image by image. */
export type Landing = { readonly pixels: readonly Float32Array[]; readonly evaluations: number };

/**
 * Throws images into the noise and brings them back.
 *
 * The walk is cut at the branch whether or not there is a cache: cached or not, a variant is the same.
 */
export function* fly(flight: Flight): Asking<Landing> {
  const { travellers, branchStep } = flight;
  const [first] = travellers as readonly [Traveller];
  const legs = mergeLegs(travellers.map(({ plan }) => plan));
  const calls = (part: readonly Leg[]): number => evaluationsOf(first.plan.solver, part);
  const { start, launched } = yield* launch(flight);
  try {
    const landed = yield* follow(flight, start, { from: branchStep, to: legs.length });
    const values = yield* takeTensor(landed);
    const evaluations = launched * calls(legs.slice(0, branchStep)) + travellers.length * calls(legs.slice(branchStep));
    return { pixels: cut(values, travellers.length), evaluations };
  } finally {
    start.dispose();
  }
}

/** Images at the branch: those that the cache knows from there, the others thrown and walked to it. */
function* launch(flight: Flight): Asking<{ start: tf.Tensor4D; launched: number }> {
  const { cache, travellers, model } = flight;
  if (!cache) return { start: yield* throwAndFollow(flight), launched: travellers.length };

  const names = travellers.map((traveller) => latentName(flight, traveller));
  const latents = names.map((name) => cache.get(name));
  const missing = latents.flatMap((latent, n) => (latent ? [] : [n]));
  if (missing.length > 0) {
    const some = { ...flight, travellers: missing.map((n) => travellers[n] as Traveller) };
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
const throwImages = ({ model, travellers, seed, throwEpoch }: Flight): tf.Tensor4D =>
  tf.tidy(() => {
    const paths = travellers.map(({ key, variant }): SeedPath => [seed, key, 'throw', throwEpoch, variant]);
    const column = (of: (plan: ReturnPlan) => number): tf.Tensor4D =>
      tf.tensor4d(
        travellers.map(({ plan }) => of(plan)),
        [travellers.length, 1, 1, 1],
      );
    const images = tf.mul(
      stack(
        travellers.map(({ pixels }) => pixels),
        model,
      ),
      column(({ fromNoise }) => (fromNoise ? 0 : 1)),
    );
    const scale = column(({ fromNoise, sigma }) => (fromNoise ? Math.hypot(sigma, 1) : sigma));
    return tf.add(images, tf.mul(imageNoise(paths, model.imageShape), scale));
  });

/** Walks some legs of the return. */
function* follow(
  { model, travellers, seed, epoch, throwEpoch, branchStep, signal, onStep }: Flight,
  x: tf.Tensor4D,
  { from, to }: { readonly from: number; readonly to: number },
): Asking<tf.Tensor4D> {
  const noise = (step: number): tf.Tensor4D => {
    const drawnIn = step < branchStep ? throwEpoch : epoch;
    const paths = travellers.map(({ key, variant }): SeedPath => [seed, key, 'step', drawnIn, variant, step]);
    return imageNoise(paths, model.imageShape);
  };
  const [first] = travellers as readonly [Traveller];
  const legs = mergeLegs(travellers.map(({ plan }) => plan)).slice(from, to);
  const { clip } = model.scheduler;
  const steps = walk({ x, legs, solver: first.plan.solver, clip, noise, firstStep: from, signal, onStep });
  const labels = first.label === undefined ? undefined : travellers.map(({ label }) => label as number);
  try {
    let next = steps.next();
    while (!next.done) next = steps.next((yield { evaluate: next.value, labels }) as tf.Tensor4D);
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
