import type { ImageShape } from '../../tensors/noise.ts';

/** Images one after another, a byte for each value. */
export type PackedImages = { readonly bytes: Uint8Array; readonly imageShape: ImageShape };

/** Images at some places as numbers in [0, 1], one after another. */
export const pixelsAt = ({ bytes, imageShape }: PackedImages, places: readonly number[]): Float32Array => {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const pixels = new Float32Array(places.length * size);
  for (const [n, place] of places.entries()) {
    for (let i = 0; i < size; i += 1) pixels[n * size + i] = (bytes[place * size + i] as number) / 255;
  }
  return pixels;
};
