import type * as tf from '@tensorflow/tfjs-core';
import { lineMapOf, mapLines } from './lineMap.ts';
import { cubicLine } from './lines.ts';

/**
 * Images made larger by a cubic filter, as by Pillow's `resize` with `BICUBIC`: pixel centres stay where they are, which
 * sharp's enlargements miss by half of a pixel.
 *
 * @param images float32 `[N, h, w, C]`, left alone.
 * @returns a new tensor, which may overshoot the range of the images.
 */
export const enlarged = (images: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D =>
  mapLines(images, {
    down: lineMapOf(cubicLine(images.shape[1], height)),
    across: lineMapOf(cubicLine(images.shape[2], width)),
  });
