import * as tf from '@tensorflow/tfjs-core';
import type { Folder } from '../checkpoints/folder.ts';
import { checkNames } from '../checks.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import { ArgumentError } from '../errors.ts';
import { clipText } from '../networks/clipText.ts';
import { parseClipTextConfig } from '../networks/clipTextConfig.ts';
import { checkIds } from '../networks/clipTextIds.ts';
import { clipTextWeights } from '../networks/clipTextWeights.ts';
import { pooledFrom } from '../text/pooled.ts';
import { findPart, weightsOf } from './findPart.ts';
import { readPipelineOptions } from './loadOptions.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/** A text encoder by itself, on tfjs. */
export type LoadedTextEncoder = {
  /**
   * @param ids rows of tokens of one length, as `tokenizer.pad` gives them.
   * @returns float32, all owned by the caller: `lastHiddenState` and `penultimateHiddenState` (before the last layer,
   * without a norm) `[N, tokens, width]`, `pooled` `[N, width]`, what stands at the end of each text.
   * @throws ArgumentError `bad-tokens`, `model-disposed`.
   */
  encode(ids: readonly (readonly number[])[]): {
    readonly lastHiddenState: tf.Tensor3D;
    readonly penultimateHiddenState: tf.Tensor3D;
    readonly pooled: tf.Tensor2D;
  };
  /** Frees the weights; doing it twice does no harm. */
  dispose(): void;
};

export type TextEncoderOptions = {
  /** Layers that are left out at the end; what is left gets the last norm. @defaultValue 0 */
  readonly clipSkip?: number;
};

/** @throws ArgumentError `bad-options`, `unknown-option`, `bad-clip-skip` */
export const checkTextEncoderOptions = (options: unknown): void => {
  checkNames('loadTextEncoder', ['clipSkip'], options);
  readPipelineOptions(options as TextEncoderOptions);
};

/**
 * Opens the text encoder of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-config`, `bad-config`, and those of damaged weights.
 * ArgumentError `unknown-option`, `bad-clip-skip`.
 */
export const openTextEncoder = async (folder: Folder, options: TextEncoderOptions = {}): Promise<LoadedTextEncoder> => {
  checkTextEncoderOptions(options);
  const part = await findPart(folder, ['', 'text_encoder/'], 'text encoder');
  const config = parseClipTextConfig(part.config);
  const weights = clipTextWeights(await weightsOf(folder, part), config);
  const encoder = tfjsRunner(tfjsNetwork(clipText(config, options), weights));
  let isDisposed = false;
  return {
    encode(ids) {
      if (isDisposed) throw new ArgumentError('model-disposed', 'this text encoder was disposed; load it again');
      checkIds(ids, config);
      return tf.tidy(() => {
        const rows = tf.tensor2d(ids.flat(), [ids.length, ids[0]?.length ?? 0], 'int32');
        const { lastHiddenState, penultimateHiddenState } = encoder.run({ ids: rows }) as Record<string, tf.Tensor3D>;
        const last = lastHiddenState as tf.Tensor3D;
        return {
          lastHiddenState: last,
          penultimateHiddenState: penultimateHiddenState as tf.Tensor3D,
          pooled: pooledFrom(last, ids, config),
        };
      });
    },
    dispose() {
      isDisposed = true;
      encoder.dispose();
    },
  };
};
