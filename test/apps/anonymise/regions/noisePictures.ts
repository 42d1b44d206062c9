import type { Picture } from '../../../../src/apps/anonymise/regions/regions.ts';
import { uniformStream } from '../../../../src/random.ts';
import type { ImageShape } from '../../../../src/tensors/noise.ts';

export const MODEL = [16, 16, 3] as const;

export const noise = (shape: ImageShape, name = 'picture'): Picture => {
  const next = uniformStream([name]);
  return { shape, pixels: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, next) };
};
export const filled = (shape: ImageShape, value: number): Picture => ({
  shape,
  pixels: new Float32Array(shape[0] * shape[1] * shape[2]).fill(value),
});
