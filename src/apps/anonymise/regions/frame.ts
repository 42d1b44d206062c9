import type { ImageShape } from '../../../tensors/noise.ts';
import type { Box } from '../boxes.ts';

export type Frame = {
  /** What is cut out, in whole pixels, inside the picture. */
  readonly box: Box;
  /** Pixels around what is to change in which the change fades. */
  readonly margin: number;
};

/**
 * What is cut out around a box, so that the model sees it as it learnt such things: with a margin, in the proportions of
 * the model's images, the box in the middle. At the edge of the picture it is moved inwards; where the picture is too
 * small for these proportions, it is as near to them as the picture allows.
 *
 * @param margin on each side, as a share of the longer side of the box; at least a pixel.
 */
export const frameAround = (
  box: Box,
  {
    margin: share,
    picture,
    model,
  }: { readonly margin: number; readonly picture: ImageShape; readonly model: ImageShape },
): Frame => {
  const margin = Math.max(1, Math.ceil(share * Math.max(box.height, box.width)));
  const [tall, wide] = [box.height + 2 * margin, box.width + 2 * margin];
  const proportion = model[1] / model[0];
  const height = Math.min(picture[0], Math.max(tall, Math.round(wide / proportion)));
  const width = Math.min(picture[1], Math.max(wide, Math.round(tall * proportion)));
  const top = placed(box.top + box.height / 2, height, picture[0]);
  const left = placed(box.left + box.width / 2, width, picture[1]);
  return { box: { top, left, height, width }, margin };
};

const placed = (centre: number, size: number, most: number): number =>
  Math.min(most - size, Math.max(0, Math.floor(centre - size / 2)));
