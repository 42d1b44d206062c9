import { imageKey } from '../../tensors/imageKey.ts';
import { toModelRange } from '../../tensors/range.ts';

/**
 * What the augmenter calls an image of bytes whose pixels come to it as float32 in [0, 1], as `openImages` gives them:
 * half of the 256 values round otherwise on the way to [-1, 1] than whole numbers do, and so the digest is another one.
 */
export const floatKey = (pixels: Uint8Array): string =>
  imageKey(
    toModelRange(
      Float32Array.from(pixels, (value) => value / 255),
      '0..1',
    ),
  );
