import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../../errors.ts';
import { matchWeights } from '../../networks/matchWeights.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import { unet2d } from '../../networks/unet2d.ts';
import { sizeMultiple, type UNet2DConfig } from '../../networks/unet2dConfig.ts';
import { tfjsOps } from './ops.ts';
import { tfjsParameters, type Weight } from './parameters.ts';

/** A network that runs with tfjs operations on whichever backend is set. It owns its weights. */
export type TfjsNetwork = {
  /**
   * @param x float32 `[N, H, W, inChannels]`.
   * @param timesteps `[N]`.
   * @param labels int32 `[N]`, for class conditional networks only.
   * @returns `[N, H, W, outChannels]`; the caller owns it.
   * @throws ArgumentError `bad-shape`, `missing-labels`, `unexpected-labels`.
   */
  run(x: tf.Tensor4D, timesteps: tf.Tensor1D, labels?: tf.Tensor1D): tf.Tensor4D;
  /** Frees the weights; doing it twice does no harm. */
  dispose(): void;
};

/**
 * Builds a `UNet2DModel` from the weights of a checkpoint, which are used up exactly.
 *
 * @throws CheckpointError `missing-tensor`, `bad-tensor-shape`, `unexpected-tensor`, `bad-config`; nothing is left
 * allocated then.
 */
export const tfjsNetwork = (config: UNet2DConfig, weights: ReadonlyMap<string, Weight>): TfjsNetwork => {
  const tensors = tfjsParameters(matchWeights(parameterShapes(config), weights));
  const network = unet2d(tfjsOps, (name) => tensors.get(name) as tf.Tensor, config);
  return {
    run: (x, timesteps, labels) => {
      checkShapes(config, x, [timesteps, ...(labels ? [labels] : [])]);
      return tf.tidy(() => network(x, timesteps, labels) as tf.Tensor4D);
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
};

const checkShapes = (config: UNet2DConfig, x: tf.Tensor, vectors: readonly tf.Tensor[]): void => {
  const [count, height = 0, width = 0, channels] = x.shape;
  const multiple = sizeMultiple(config);
  if (x.rank !== 4 || channels !== config.inChannels) {
    throw new ArgumentError('bad-shape', `x must be [N, H, W, ${config.inChannels}], got [${x.shape}]`);
  }
  if (height % multiple !== 0 || width % multiple !== 0) {
    throw new ArgumentError(
      'bad-shape',
      `height and width must be divisible by ${multiple}, got [${x.shape}]; pad or resize`,
    );
  }
  for (const { rank, shape } of vectors) {
    if (rank === 1 && shape[0] === count) continue;
    throw new ArgumentError(
      'bad-shape',
      `timesteps and labels must be [${count}] as x is [${x.shape}], got [${shape}]`,
    );
  }
};
