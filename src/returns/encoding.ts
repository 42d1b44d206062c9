import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { type Asking, takeTensor } from './asking.ts';
import { encodedName } from './cacheNames.ts';
import type { KeptLatents } from './keptLatents.ts';
import { cut, stack } from './stacks.ts';
import { keysOf, type Throw } from './throw.ts';

export type Encoding = {
  readonly model: Model;
  readonly throws: readonly Throw[];
  /** Keeps images as a latent model encodes them. */
  readonly encodings?: KeptLatents | undefined;
};

/** Images where the walk is, one for each throw, and how many of them had to be encoded. */
export type Encoded = { readonly latents: readonly Float32Array[]; readonly encodings: number };

/** Brings images to where the walk is. Each is encoded once, however often it is thrown. */
export function* encoded({ model, throws, encodings }: Encoding): Asking<Encoded> {
  if (!model.isLatent) return { latents: throws.map(({ image }) => image.pixels), encodings: 0 };
  const names = throws.map(({ image }) => encodedName(model, image));
  const underway = encodings && underwayIn(encodings);
  for (const name of new Set(names)) {
    const others = underway?.get(name);
    if (others) yield { wait: others, isOptional: true };
  }
  const known = new Map<string, Float32Array>();
  const missing = new Map<string, Throw>();
  for (const [n, name] of names.entries()) {
    const kept = known.get(name) ?? encodings?.get(name);
    if (kept) known.set(name, kept);
    else missing.set(name, throws[n] as Throw);
  }
  if (missing.size > 0) {
    const end = announce(underway, [...missing.keys()]);
    try {
      const made = yield* encode(model, [...missing.values()]);
      for (const [n, name] of [...missing.keys()].entries()) {
        const latent = made[n] as Float32Array;
        known.set(name, encodings?.set(name, latent) ?? latent);
      }
    } finally {
      end();
    }
  }
  return { latents: names.map((name) => known.get(name) as Float32Array), encodings: missing.size };
}

/** Names of what is encoded right now, and when that ends, whatever comes of it. */
type Underway = Map<string, Promise<void>>;

/** For each place where encoded images are kept: copies of an image are thrown at the same time. */
const UNDERWAY = new WeakMap<KeptLatents, Underway>();

const underwayIn = (encodings: KeptLatents): Underway => {
  const underway: Underway = UNDERWAY.get(encodings) ?? new Map();
  UNDERWAY.set(encodings, underway);
  return underway;
};

/** Lets others wait for what is encoded. @returns what tells them that it has ended. */
const announce = (underway: Underway | undefined, names: readonly string[]): (() => void) => {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  for (const name of names) underway?.set(name, ended);
  return () => {
    for (const name of names) underway?.delete(name);
    end();
  };
};

function* encode(model: Model, throws: readonly Throw[]): Asking<readonly Float32Array[]> {
  const images = stack(
    throws.map(({ image }) => image.pixels),
    model.imageShape,
  );
  try {
    const latents = (yield { model, way: 'encode', code: images, keys: keysOf(throws) }) as tf.Tensor4D;
    return cut(yield* takeTensor(latents), throws.length);
  } finally {
    images.dispose();
  }
}
