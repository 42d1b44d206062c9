import type * as tf from '@tensorflow/tfjs-core';
import { GAUSSIAN_WINDOW, structuralSimilarities } from '../../../calibrate/measures.ts';

/**
 * Structural similarity of each image to the true one at its place, as it was defined: over windows of 11 x 11 pixels,
 * weighted by a Gaussian of 1.5 pixels; the mean over windows that fit and over channels. Images that are smaller than a
 * window are one window high or wide.
 *
 * @param images float32 `[N, H, W, C]` in [0, 1], as `originals` are; both left alone.
 * @returns `[N]` in [-1, 1], 1 where images are equal; owned by the caller.
 * @see Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", section III.C.
 */
export const ssim = (images: tf.Tensor4D, originals: tf.Tensor4D): tf.Tensor1D =>
  structuralSimilarities(images, originals, GAUSSIAN_WINDOW);
