import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';

/**
 * Images as a file would hold them, three bytes a pixel; grey ones become colours.
 *
 * @param images `[N, h, w, 1 or 3]` in [0, 1], left alone.
 * @throws ArgumentError `bad-image-shape`, `out-of-range` for what is outside [0, 1] or not finite.
 */
export const pictureBytes = async (images: tf.Tensor4D): Promise<Uint8Array> => {
  const isBatch = images instanceof tf.Tensor && images.rank === 4;
  const channels = isBatch ? images.shape[3] : 0;
  if (channels !== 1 && channels !== 3) {
    const got = images instanceof tf.Tensor ? `[${images.shape}]` : typeof images;
    throw new ArgumentError('bad-image-shape', `images must be [N, h, w, 3], or grey with 1 channel, got ${got}`);
  }
  const values = await images.data();
  const copies = 3 / channels;
  const bytes = new Uint8Array(values.length * copies);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!(value >= 0 && value <= 1)) {
      throw new ArgumentError('out-of-range', `images must lie in [0, 1], found ${value}; divide bytes by 255`);
    }
    bytes.fill(Math.round(value * 255), i * copies, (i + 1) * copies);
  }
  return bytes;
};
