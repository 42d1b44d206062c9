import { type SeedPath, uniform } from '../../random.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { rotated, sheared, shifted } from './affine.ts';
import type { Change } from './imagePlan.ts';

export type RandAugment = {
  /** How many changes are drawn for an image; the same one may come twice. */
  readonly n: number;
  /** How strong they are, in [0, 10]. */
  readonly magnitude: number;
};

/**
 * Changes drawn for an image, all equally likely. As in RandAugment, but without autocontrast, equalize, colour and
 * sharpness, and with brightness that adds instead of multiplying; tones follow moves, whatever was drawn first.
 *
 * @see Cubuk et al. 2019, arXiv:1909.13719.
 */
export const randomChanges = (path: SeedPath, shape: ImageShape, { n, magnitude }: RandAugment): Change[] =>
  Array.from({ length: n }, (_, draw) => {
    const choice = Math.floor(uniform([...path, draw, 'choice']) * CHANGES.length);
    const sign = uniform([...path, draw, 'sign']) < 0.5 ? -1 : 1;
    return CHANGES[choice]?.(magnitude / 10, sign, shape) ?? {};
  });

/** A change of strength `m`, in [0, 1]. */
type Maker = (m: number, sign: number, shape: ImageShape) => Change;

const CHANGES: readonly Maker[] = [
  () => ({}),
  (m, sign) => ({ affine: rotated(sign * 30 * m) }),
  (m, sign) => ({ affine: sheared(sign * 0.3 * m, 0) }),
  (m, sign) => ({ affine: sheared(0, sign * 0.3 * m) }),
  (m, sign, [, width]) => ({ affine: shifted(sign * 0.45 * m * width, 0) }),
  (m, sign, [height]) => ({ affine: shifted(0, sign * 0.45 * m * height) }),
  (m, sign) => ({ offset: sign * 0.5 * m }),
  (m, sign) => ({ gain: 1 + sign * 0.9 * m }),
  (m) => ({ solarize: 1 - m }),
  (m) => ({ bits: 8 - Math.round(4 * m) }),
];
