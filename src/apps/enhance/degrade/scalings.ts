import { shown } from '../../../checks.ts';
import { ArgumentError, isCount } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Degrade } from './degradation.ts';
import { cubicLine, type Edges, kernelLine, meanLine } from './lines.ts';
import { separable } from './separable.ts';

/**
 * Every `factor` x `factor` pixels became their mean, as in a camera of larger pixels.
 *
 * @throws ArgumentError `bad-factor`
 */
export const blockMeans =
  (factor: number): Degrade =>
  (imageShape) => {
    const [height, width] = dividedBy(imageShape, factor);
    return separable(imageShape, { down: meanLine(height, factor), across: meanLine(width, factor) });
  };

/**
 * Made small by a cubic filter with antialiasing, as by Pillow's `BICUBIC`, or by Matlab's `imresize`.
 *
 * @throws ArgumentError `bad-factor`
 */
export const bicubic =
  (factor: number, edges: Edges = 'pillow'): Degrade =>
  (imageShape) => {
    const [height, width] = dividedBy(imageShape, factor);
    const line = (length: number) => cubicLine(length, length / factor, edges);
    return separable(imageShape, { down: line(height), across: line(width) });
  };

/**
 * Blurred by a kernel, along columns and along lines, of which every `factor`-th pixel stayed. The picture goes on as its
 * mirror image beyond its edges.
 *
 * @param kernel numbers that add up to 1, so that grey stays grey.
 * @throws ArgumentError `bad-factor`, `bad-kernel`.
 */
export const blurred = (kernel: readonly number[], factor = 1): Degrade => {
  checkKernel(kernel);
  return (imageShape) => {
    const [height, width] = dividedBy(imageShape, factor);
    return separable(imageShape, {
      down: kernelLine(height, kernel, factor),
      across: kernelLine(width, kernel, factor),
    });
  };
};

/** @throws ArgumentError `bad-factor` */
const dividedBy = (imageShape: ImageShape, factor: number): ImageShape => {
  if (!isCount(factor)) {
    throw new ArgumentError('bad-factor', `factor must be a whole number of at least 1, got ${shown(factor)}`);
  }
  const [height, width] = imageShape;
  if (height % factor === 0 && width % factor === 0) return imageShape;
  const rule = `factor must divide the height and width of the images that are made, ${height} x ${width}`;
  throw new ArgumentError('bad-factor', `${rule}; got ${factor}`);
};

const checkKernel = (kernel: readonly number[]): void => {
  const sum = kernel.reduce((total, share) => total + share, 0);
  if (kernel.length > 0 && Math.abs(sum - 1) < 1e-6) return;
  const rule = 'the numbers of a kernel must add up to 1, so that grey stays grey';
  throw new ArgumentError('bad-kernel', `${rule}; got ${shown(kernel)}; divide them by their sum, ${sum}`);
};
