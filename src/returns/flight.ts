import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { evaluationsOf, type Leg, walk } from '../solvers/index.ts';
import { imageNoise } from '../tensors/noise.ts';
import { stepPath } from './address.ts';
import { type Asking, takeTensor } from './asking.ts';
import { latentName } from './cacheNames.ts';
import { type Correction, corrected } from './correction.ts';
import { encoded } from './encoding.ts';
import type { KeptLatents } from './keptLatents.ts';
import { landed } from './landing.ts';
import { mergeLegs } from './plan.ts';
import { cut, stack } from './stacks.ts';
import { keysOf, type Throw } from './throw.ts';
import { throwImages } from './throwImages.ts';
import { disposeTold, toldFor } from './told.ts';

export type FlightOptions = {
  /** Keeps images as a latent model encodes them. */
  readonly encodings?: KeptLatents | undefined;
  /** How many steps belong to the throw and are shared with it. @defaultValue 0 */
  readonly branchStep?: number;
  readonly cache?: KeptLatents | undefined;
  /** Has a say in what the model takes the clean images to be. Not together with a cache, which does not know of it. */
  readonly correction?: Correction | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
};

/** Variants in [-1, 1], not yet clipped, one for each throw; and what they took, image by image. */
export type Landing = {
  readonly pixels: readonly Float32Array[];
  /** Network calls. */
  readonly evaluations: number;
  /** Images that an autoencoder encoded; those that were known from before are not among them. */
  readonly encodings: number;
};

type Flight = FlightOptions & {
  readonly model: Model;
  readonly throws: readonly Throw[];
  readonly branchStep: number;
};

/**
 * Throws images into the noise and brings them back, all in one batch: encoded before and decoded after, where the model
 * walks in latents.
 *
 * The walk is cut at the branch whether or not there is a cache: cached or not, a variant is the same.
 *
 * @param throws at least one.
 */
export function* fly(model: Model, throws: readonly Throw[], options: FlightOptions = {}): Asking<Landing> {
  const flight: Flight = { branchStep: 0, ...options, model, throws };
  const { branchStep } = flight;
  const [{ plan }] = throws as readonly [Throw];
  const legs = mergeLegs(throws.map((one) => one.plan));
  const calls = (part: readonly Leg[]): number => evaluationsOf(plan.solver, part) * (plan.isGuided ? 2 : 1);
  const { start, launched, encodings } = yield* launch(flight);
  const back = yield* land(flight, start, legs.length);
  const evaluations = launched * calls(legs.slice(0, branchStep)) + throws.length * calls(legs.slice(branchStep));
  return { pixels: cut(back, throws.length), evaluations, encodings };
}

/** From the branch to images. Disposes the start. */
function* land(flight: Flight, start: tf.Tensor4D, end: number): Asking<Float32Array> {
  const { model, branchStep } = flight;
  let back: tf.Tensor4D;
  try {
    back = yield* follow(flight, start, { from: branchStep, to: end });
  } finally {
    start.dispose();
  }
  if (!model.isLatent) return yield* takeTensor(back);
  const sigma = mergeLegs(flight.throws.map(({ plan }) => plan)).at(-1)?.from ?? 0;
  return yield* landed(back, { ...flight, keys: keysOf(flight.throws), sigma });
}

type Launched = { readonly start: tf.Tensor4D; readonly launched: number; readonly encodings: number };

/** Images at the branch: those that the cache knows from there, the others thrown and walked to it. */
function* launch(flight: Flight): Asking<Launched> {
  const { cache, throws, model, branchStep } = flight;
  if (!cache) return { ...(yield* throwAndFollow(flight)), launched: throws.length };

  const names = throws.map((one) => latentName(model, one, branchStep));
  const latents = names.map((name) => cache.get(name));
  const missing = latents.flatMap((latent, n) => (latent ? [] : [n]));
  let encodings = 0;
  if (missing.length > 0) {
    const thrown = yield* throwAndFollow({ ...flight, throws: missing.map((n) => throws[n] as Throw) });
    encodings = thrown.encodings;
    const made = cut(yield* takeTensor(thrown.start), missing.length);
    for (const [m, n] of missing.entries()) {
      latents[n] = cache.set(names[n] as string, made[m] as Float32Array); // a cache that rounds does so at once
    }
  }
  return { start: stack(latents as Float32Array[], model.latentShape), launched: missing.length, encodings };
}

function* throwAndFollow(flight: Flight): Asking<Omit<Launched, 'launched'>> {
  const { latents, encodings } = yield* encoded(flight);
  const thrown = throwImages(flight.model, flight.throws, latents);
  if (flight.branchStep === 0) return { start: thrown, encodings };
  try {
    return { start: yield* follow(flight, thrown, { from: 0, to: flight.branchStep }), encodings };
  } finally {
    thrown.dispose();
  }
}

/** Walks some legs of the return. */
function* follow(
  { model, throws, branchStep, correction, signal, onStep }: Flight,
  x: tf.Tensor4D,
  { from, to }: { readonly from: number; readonly to: number },
): Asking<tf.Tensor4D> {
  if (from === to) return tf.clone(x); // nothing is asked, so no prompt need be known
  const noise = (step: number): tf.Tensor4D => {
    const paths = throws.map(({ address }) => stepPath(address, step, step < branchStep));
    return imageNoise(paths, model.latentShape);
  };
  const [first] = throws as readonly [Throw];
  const all = mergeLegs(throws.map(({ plan }) => plan));
  const legs = all.slice(from, to);
  const isLanding = to === all.length;
  const { clip } = model.scheduler;
  const calls = evaluationsOf(first.plan.solver, legs);
  const steps = walk({ x, legs, solver: first.plan.solver, clip, noise, firstStep: from, signal, onStep });
  const keys = keysOf(throws);
  const told = yield* toldFor(model, throws);
  try {
    let next = steps.next();
    for (let call = 0; !next.done; call += 1) {
      const clean = (yield { model, evaluate: next.value, keys, ...told }) as tf.Tensor4D;
      const isLast = isLanding && call === calls - 1;
      const isDue = isLast ? !model.isLatent : correction?.isDue?.(call) !== false; // the last latents become images
      const estimated = { model, keys, clean, ...next.value };
      next = steps.next(correction && isDue ? yield* corrected(correction, estimated) : clean);
    }
    return next.value;
  } finally {
    steps.return(x); // after a failure: lets the walk free what it holds
    disposeTold(told);
  }
}
