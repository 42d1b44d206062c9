import { type SeedPath, uniform } from '../../random.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { MIRRORED, rotated, shifted } from './affine.ts';
import { type Box, boxAround } from './boxes.ts';
import { type Change, type ImagePlan, joinChanges } from './imagePlan.ts';
import type { Operations } from './operations.ts';
import { randomChanges } from './randAugment.ts';

/**
 * Draws what becomes of an image. Every operation draws at its own address, so that adding one leaves the others as
 * they were.
 *
 * @param path the address of the image in an epoch.
 */
export const planImage = (path: SeedPath, shape: ImageShape, operations: Operations): ImagePlan => {
  const { flip, crop = 0, shift = 0, rotate = 0, brightness = 0, contrast = 0, cutout, randAugment } = operations;
  const between = (most: number, ...name: string[]): number => most * (2 * uniform([...path, ...name]) - 1);
  const whole = (most: number, ...name: string[]): number => below(2 * most + 1, [...path, ...name]) - most;
  const changes: Change[] = [
    flip && uniform([...path, 'flip']) < 0.5 ? { affine: MIRRORED } : {},
    { affine: shifted(whole(crop, 'crop', 'x'), whole(crop, 'crop', 'y')) },
    { affine: shifted(between(shift, 'shift', 'x'), between(shift, 'shift', 'y')) },
    { affine: rotated(between(rotate, 'rotate')) },
    { gain: 1 + between(contrast, 'contrast'), offset: between(brightness, 'brightness') },
    ...(randAugment ? randomChanges([...path, 'randAugment'], shape, randAugment) : []),
  ];
  return { ...joinChanges(changes), cutout: cutout ? planCutout([...path, 'cutout'], shape, cutout) : undefined };
};

const planCutout = (path: SeedPath, shape: ImageShape, side: number): Box => {
  const center = { row: below(shape[0], [...path, 'y']), column: below(shape[1], [...path, 'x']) };
  return boxAround(center, { height: side, width: side }, shape);
};

/** A whole number of at least 0 and below `count`. */
const below = (count: number, path: SeedPath): number => Math.floor(uniform(path) * count);
