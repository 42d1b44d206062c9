import * as tf from '@tensorflow/tfjs-core';
import { BOUNDS, type ImageRange } from '../../tensors/range.ts';
import { blend } from './boxes.ts';
import type { ImagePlan } from './imagePlan.ts';
import { type Fill, resample } from './resample.ts';
import { applyTones } from './tones.ts';

/**
 * Images changed as planned, one plan for each. The same plan gives the same pixels in any batch, and an image whose
 * plan asks for nothing keeps its very numbers.
 *
 * @param images `[N, H, W, C]`; left alone.
 * @returns float32 within the range, owned by the caller.
 */
export const applyPlans = (
  images: tf.Tensor4D,
  plans: readonly ImagePlan[],
  { range, fill }: { readonly range: ImageRange; readonly fill: Fill },
): tf.Tensor4D =>
  tf.tidy(() => {
    const [black, white] = BOUNDS[range];
    const floats: tf.Tensor4D = tf.cast(images, 'float32');
    const affines = plans.map(({ affine }) => affine);
    const moved = resample(floats, affines, { fill, black });
    const toned = applyTones(moved, plans, [black, white]);
    const cut = plans.some(({ cutout }) => cutout)
      ? blend(
          toned,
          black,
          plans.map(({ cutout }) => ({ share: 1, box: cutout })),
        )
      : toned;
    return tf.clipByValue(cut, black, white);
  });
