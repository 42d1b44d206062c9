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
  const known = new Map<string, Float32Array>();
  const missing = new Map<string, Throw>();
  for (const [n, name] of names.entries()) {
    const kept = known.get(name) ?? encodings?.get(name);
    if (kept) known.set(name, kept);
    else missing.set(name, throws[n] as Throw);
  }
  if (missing.size > 0) {
    const made = yield* encode(model, [...missing.values()]);
    for (const [n, name] of [...missing.keys()].entries()) {
      const latent = made[n] as Float32Array;
      known.set(name, encodings?.set(name, latent) ?? latent);
    }
  }
  return { latents: names.map((name) => known.get(name) as Float32Array), encodings: missing.size };
}

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
