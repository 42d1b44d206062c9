import { checkNames, shown } from '../../../checks.ts';
import { ArgumentError } from '../../../errors.ts';
import type { ImageShape } from '../../../tensors/noise.ts';
import { resizePixels } from '../../../tensors/resize.ts';
import type { Box } from '../boxes.ts';
import { feathered } from './feather.ts';
import { frameAround } from './frame.ts';
import { boxOfMask, type Picture, type Regions, wholeBoxes } from './regions.ts';

/** A part of a picture as a model gets it, and how what comes back is put in its place. */
export type Patch = Picture & {
  /** Where it lies in its picture, in whole pixels. */
  readonly frame: Box;
  /** Of each pixel of the frame how much what comes back counts there, in [0, 1]; absent where it counts fully. */
  readonly weights?: Float32Array;
  /** What the model's size takes away: equal words for what is alike, so that they can be counted over a data set. */
  readonly notes: readonly string[];
};

export type CutOptions = {
  /** Shape of the model's images. */
  readonly model: ImageShape;
  /** On each side of a box or mask, as a share of its longer side: there the change fades. @defaultValue 0.25 */
  readonly margin?: number;
};

const OPTIONS: Readonly<Record<keyof CutOptions, true>> = { model: true, margin: true };
const MARGIN = 0.25;

/** A frame may be out of the model's proportions by so much before it is worth a note. */
const STRETCH = 1.1;

/**
 * Cuts out of a picture what is to change, in the model's size: each box with a margin in the model's proportions, or the
 * part that a mask takes up. A whole picture in the model's size comes as it is. What is shrunk does not alias.
 *
 * What lies outside a box or mask fades into the picture and is not hidden: hair, clothes, a place.
 *
 * @returns patches in the order in which they are to be put back, the largest first. Pixels of a patch may be those of
 *   the picture itself: do not write to them.
 * @throws ArgumentError `unknown-option`, `bad-margin`, `bad-picture` where pixels and shape disagree,
 *   `wrong-image-channels`, `bad-region`.
 */
export const cutPatches = (picture: Picture, regions: Regions, options: CutOptions): readonly Patch[] => {
  checkNames('cutPatches', Object.keys(OPTIONS), options);
  const { model, margin = MARGIN } = options;
  if (!(margin >= 0 && margin <= 2)) {
    throw new ArgumentError('bad-margin', `margin must be between 0 and 2, got ${shown(margin)}`);
  }
  checkPicture(picture, model);
  const { shape } = picture;
  const [height, width] = shape;
  if (regions === 'whole') return [cut(picture, { top: 0, left: 0, height, width }, model)];
  const around = (box: Box, mask?: Float32Array): Patch => {
    const { box: frame, margin: pixels } = frameAround(box, { margin, picture: shape, model });
    const values = mask ? maskIn(mask, width, frame) : boxIn(box, frame);
    return { ...cut(picture, frame, model), weights: feathered({ ...frame, values }, pixels + 1) };
  };
  if (isKind(regions, 'mask')) return [around(boxOfMask(regions.mask, shape), regions.mask)];
  if (isKind(regions, 'boxes')) return wholeBoxes(regions.boxes, shape).map((box) => around(box));
  const rule = 'regions must be "whole", { boxes } or { mask }';
  throw new ArgumentError('bad-region', `${rule}, got ${shown(regions)}; choose one of them`);
};

const isKind = <K extends string>(
  regions: Regions,
  key: K,
): regions is Extract<Regions, Readonly<Record<K, unknown>>> =>
  typeof regions === 'object' && regions !== null && key in regions;

/** What is the picture's, and what is the model's, must be of one kind. */
const checkPicture = ({ pixels, shape }: Picture, model: ImageShape): void => {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  if (!(pixels instanceof Float32Array) || pixels.length !== size || size === 0) {
    const got = pixels instanceof Float32Array ? `${pixels.length} of them` : shown(pixels);
    throw new ArgumentError('bad-picture', `a picture of shape ${shape.join(' x ')} has ${size} numbers, got ${got}`);
  }
  if (channels === model[2]) return;
  const kinds = `the model makes images of ${kindOf(model[2])}, the picture has ${kindOf(channels)}`;
  throw new ArgumentError('wrong-image-channels', `${kinds}; convert the picture, or use another model`);
};

const kindOf = (channels: number): string =>
  `${channels} channel${channels === 1 ? ' (grey)' : channels === 3 ? 's (colour)' : 's'}`;

const cut = ({ pixels, shape }: Picture, frame: Box, model: ImageShape): Patch => {
  const [, width, channels] = shape;
  const isAll = frame.height === shape[0] && frame.width === width;
  const part = isAll ? pixels : new Float32Array(frame.height * frame.width * channels);
  for (let row = 0; row < frame.height && !isAll; row += 1) {
    const from = ((frame.top + row) * width + frame.left) * channels;
    part.set(pixels.subarray(from, from + frame.width * channels), row * frame.width * channels);
  }
  const resized = resizePixels(part, [frame.height, frame.width, channels], [model[0], model[1]]);
  return { pixels: resized, shape: model, frame, notes: notesOn(frame, model) };
};

const notesOn = (frame: Box, [height, width]: ImageShape): string[] => {
  const [tall, wide] = [frame.height / height, frame.width / width];
  const notes: string[] = [];
  if (tall > 1 || wide > 1) {
    notes.push(`larger than the ${height} x ${width} pixels that the model makes: what is finer than these is lost`);
  }
  if (Math.max(tall / wide, wide / tall) > STRETCH) {
    notes.push(
      `shown to the model out of proportion, since the picture does not have the model's ${height} : ${width}`,
    );
  }
  return notes;
};

const maskIn = (mask: Float32Array, width: number, frame: Box): Float32Array => {
  const part = new Float32Array(frame.height * frame.width);
  for (let row = 0; row < frame.height; row += 1) {
    const from = (frame.top + row) * width + frame.left;
    part.set(mask.subarray(from, from + frame.width), row * frame.width);
  }
  return part;
};

const boxIn = (box: Box, frame: Box): Float32Array => {
  const part = new Float32Array(frame.height * frame.width);
  for (let row = 0; row < box.height; row += 1) {
    const from = (box.top - frame.top + row) * frame.width + box.left - frame.left;
    part.fill(1, from, from + box.width);
  }
  return part;
};
