import { shown } from '../../../checks.ts';
import { ArgumentError, isCount } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import type { Banded } from './banded.ts';
import type { Degrade } from './degradation.ts';
import { cubicLine, type Edges, kernelLine, meanLine } from './lines.ts';
import { separable } from './separable.ts';

/**
 * Every `factor` x `factor` pixels became their mean, as in a camera of larger pixels.
 *
 * @throws ArgumentError `bad-factor`
 */
export const blockMeans = (factor: number): Degrade => scaled(factor, (length) => meanLine(length, factor));

/**
 * Made small by a cubic filter with antialiasing, as by Pillow's `BICUBIC`, or by Matlab's `imresize`.
 *
 * @throws ArgumentError `bad-factor`
 */
export const bicubic = (factor: number, edges: Edges = 'pillow'): Degrade =>
  scaled(factor, (length) => cubicLine(length, length / factor, edges));

/**
 * Blurred by a kernel, along columns and along lines, of which every `factor`-th pixel stayed. The picture goes on as its
 * mirror image beyond its edges.
 *
 * @param kernel numbers that add up to 1, so that grey stays grey.
 * @throws ArgumentError `bad-factor`, `bad-kernel`.
 */
export const blurred = (kernel: readonly number[], factor = 1): Degrade => {
  checkKernel(kernel);
  return scaled(factor, (length) => kernelLine(length, kernel, factor));
};

/** The same along columns and along lines. */
const scaled = (factor: number, lineOf: (length: number) => Banded): Degrade => {
  if (!isCount(factor)) {
    throw new ArgumentError('bad-factor', `factor must be a whole number of at least 1, got ${shown(factor)}`);
  }
  return {
    factor,
    of(imageShape) {
      checkDivides(imageShape, factor);
      const [height, width] = imageShape;
      const down = lineOf(height);
      return separable(imageShape, { down, across: width === height ? down : lineOf(width) });
    },
  };
};

/** @throws ArgumentError `bad-factor` */
const checkDivides = ([height, width]: ImageShape, factor: number): void => {
  if (height % factor === 0 && width % factor === 0) return;
  const rule = `factor must divide the height and width of the images that are made, ${height} x ${width}`;
  throw new ArgumentError('bad-factor', `${rule}; got ${factor}`);
};

const checkKernel = (kernel: readonly number[]): void => {
  const sum = kernel.reduce((total, share) => total + share, 0);
  if (kernel.length > 0 && Math.abs(sum - 1) < 1e-6) return;
  const rule = 'the numbers of a kernel must add up to 1, so that grey stays grey';
  throw new ArgumentError('bad-kernel', `${rule}; got ${shown(kernel)}; divide them by their sum, ${sum}`);
};
