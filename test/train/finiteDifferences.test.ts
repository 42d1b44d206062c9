import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { parseSchedulerConfig } from '../../src/checkpoints/schedulerConfig.ts';
import { tfjsLayout } from '../../src/engines/tfjs/parameters.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { denoisingLoss } from '../../src/train/denoisingLoss.ts';
import { drawBatch } from '../../src/train/drawBatch.ts';
import { initialWeights } from '../../src/train/initialWeights.ts';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';

const config = parseUNet2DConfig({
  sample_size: 8,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [8, 8],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
  attention_head_dim: 4,
  num_class_embeds: 3,
});
const STEP = 5e-3;

describe('gradients of the loss of denoising', () => {
  for (const prediction of ['epsilon', 'v_prediction', 'sample']) {
    for (const minSnr of [undefined, 5]) {
      it(`are what finite differences say: ${prediction}${minSnr ? ', weighed by SNR' : ''}`, () =>
        tf.tidy(() => {
          registerWasmTrainingKernels();
          const scheduler = parseSchedulerConfig({ _class_name: 'DDPMScheduler', prediction_type: prediction });
          const pixels = (index: number) => Float32Array.from({ length: 64 }, (_, i) => Math.sin(index + i));
          const data = { count: 4, imageShape: [8, 8, 1] as const, labels: [0, 1, 0, 1], pixels };
          const draw = { seed: 'fd', batchSize: 4, timesteps: 1000, nullLabel: 2, dropLabel: 0.2, flip: false };
          const batch = drawBatch(data, 0, draw);
          const weights = initialWeights(unet2d(config), 'fd');
          const names = [...weights.keys()];
          const start = [...weights.values()].map(tfjsLayout);
          const lossOf = (...values: tf.Tensor[]): tf.Scalar =>
            denoisingLoss(new Map(names.map((name, n) => [name, values[n] as tf.Tensor])), batch, {
              config,
              scheduler,
              minSnr,
            });
          const { grads } = tf.valueAndGrads(lossOf)(start);
          const norm = Math.sqrt(
            grads.reduce((sum, grad) => sum + (tf.sum(tf.square(grad)).dataSync()[0] as number), 0),
          );
          // along the gradient the loss rises by its length, step for step
          const moved = (by: number): number =>
            lossOf(
              ...start.map((value, n) => tf.add(value, tf.mul(grads[n] as tf.Tensor, by / norm))),
            ).dataSync()[0] as number;
          const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP);
          expect(slope / norm).to.be.closeTo(1, 5e-3);
        }));
    }
  }
});
