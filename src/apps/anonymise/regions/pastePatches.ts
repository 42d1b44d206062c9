import { ArgumentError, NumericError } from '../../../errors.ts';
import { resizePixels } from '../../../tensors/resize.ts';
import type { Patch } from './cutPatches.ts';
import type { Picture } from './regions.ts';

/**
 * Puts what a model made of patches back into their picture, in the picture's size, fading at the edges; where patches
 * overlap, the later one lies on top. All other pixels stay as they are, bit for bit.
 *
 * @param patches as `cutPatches` made them of this picture.
 * @param returned for each patch as many numbers in [0, 1] as its shape says.
 * @returns new pixels of the picture's shape.
 * @throws ArgumentError `bad-patches`; NumericError `not-finite`, so that nothing is written that nobody made.
 */
export const pastePatches = (
  picture: Picture,
  patches: readonly Patch[],
  returned: readonly Float32Array[],
): Float32Array => {
  if (patches.length !== returned.length) {
    const rule = 'what returned must be as many as the patches';
    throw new ArgumentError('bad-patches', `${rule}, got ${returned.length} for ${patches.length}`);
  }
  const pixels = picture.pixels.slice();
  for (const [n, patch] of patches.entries()) {
    const made = returned[n] as Float32Array;
    checkReturned(made, patch, n);
    paste(pixels, picture.shape, { patch, made });
  }
  return pixels;
};

const checkReturned = (made: Float32Array, { shape, pixels }: Patch, n: number): void => {
  if (made.length !== pixels.length) {
    const rule = `patch ${n} has ${shape.join(' x ')} numbers`;
    throw new ArgumentError('bad-patches', `${rule}, and ${made.length} returned; give as many`);
  }
  const wrong = made.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new NumericError('not-finite', `patch ${n} returned with a number that is ${wrong}`);
};

const paste = (
  pixels: Float32Array,
  [, width, channels]: Picture['shape'],
  { patch, made }: { readonly patch: Patch; readonly made: Float32Array },
): void => {
  const { frame, weights, shape } = patch;
  const own = resizePixels(made, shape, [frame.height, frame.width]);
  for (let row = 0; row < frame.height; row += 1) {
    for (let column = 0; column < frame.width; column += 1) {
      const weight = weights?.[row * frame.width + column] ?? 1;
      if (weight === 0) continue;
      const from = (row * frame.width + column) * channels;
      const to = ((frame.top + row) * width + frame.left + column) * channels;
      for (let c = 0; c < channels; c += 1) {
        const [old, value] = [pixels[to + c] as number, own[from + c] as number];
        pixels[to + c] = weight === 1 ? value : old + (value - old) * weight;
      }
    }
  }
};
