import * as tf from '@tensorflow/tfjs-core';
import type { ClipTextConfig } from '../networks/clipTextConfig.ts';
import { endOfText } from '../networks/clipTextIds.ts';

/**
 * What each text comes to: its hidden state at the end token.
 *
 * @param lastHiddenState float32 `[N, L, width]`.
 * @param ids the N rows that it is of.
 * @returns float32 `[N, width]`, owned by the caller.
 * @throws ArgumentError `bad-tokens` for a row without an end.
 */
export const pooledFrom = (
  lastHiddenState: tf.Tensor3D,
  ids: readonly ArrayLike<number>[],
  config: ClipTextConfig,
): tf.Tensor2D => {
  const [count, length, width] = lastHiddenState.shape;
  const ends = ids.map((row, n) => n * length + endOfText(row, config));
  return tf.tidy(() => {
    const rows = tf.reshape(lastHiddenState, [count * length, width]);
    return tf.gather(rows, tf.tensor1d(ends, 'int32')) as tf.Tensor2D;
  });
};
