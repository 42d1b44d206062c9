import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients; tfjs-core alone has none
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { tfjsOps } from '../../src/engines/tfjs/ops.ts';
import { tfjsParameters } from '../../src/engines/tfjs/parameters.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formulaWeights } from '../networks/formula.ts';
import { expectNoLeak } from '../support/tensors.ts';

const plain = {
  sample_size: 8,
  block_out_channels: [8, 16],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
};

const VARIANTS: Readonly<Record<string, object>> = {
  'the plain one': {},
  'scale and shift': { resnet_time_scale_shift: 'scale_shift' },
  'resnet blocks': {
    down_block_types: ['ResnetDownsampleBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'ResnetUpsampleBlock2D'],
  },
  'resampling by resnets': {
    down_block_types: ['AttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
    downsample_type: 'resnet',
    upsample_type: 'resnet',
  },
  'no attention in the middle': { add_attention: false },
  'no middle': { mid_block_type: null },
  'one head': { attention_head_dim: null },
  'heads that do not divide the channels': { attention_head_dim: 5 },
  'not square': { sample_size: [6, 10] },
  'odd in size at the coarsest': { sample_size: 14 },
  '2 channels in, 6 out': { in_channels: 2, out_channels: 6 },
  'a table of labels': { num_class_embeds: 5 },
  'labels as timesteps': { class_embed_type: 'timestep' },
  'padding at the end only': { downsample_padding: 0 },
  'three layers': { layers_per_block: 3 },
  'one stage, of odd size': {
    sample_size: 5,
    block_out_channels: [8],
    down_block_types: ['AttnDownBlock2D'],
    up_block_types: ['AttnUpBlock2D'],
  },
  'no size of its own': { sample_size: null },
};

const inputsOf = (config: UNet2DConfig): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D?] => {
  const x = tf.ones([2, ...(config.sampleSize ?? [8, 8]), config.inChannels]) as tf.Tensor4D;
  const ramp = tf.mul(x, tf.reshape(tf.linspace(-1, 1, x.shape[2]), [1, 1, -1, 1]));
  const inputs = [ramp, tf.tensor1d([0, 500])] as [tf.Tensor4D, tf.Tensor1D];
  return config.classEmbedding ? [...inputs, tf.tensor1d([0, 4], 'int32')] : inputs;
};

describe('a network of any supported config', () => {
  for (const [title, change] of Object.entries(VARIANTS)) {
    it(`keeps the size and gives the channels asked for: ${title}`, () =>
      expectNoLeak(() => {
        const config = parseUNet2DConfig({ ...plain, ...change });
        const network = tfjsNetwork(config, formulaWeights(parameterShapes(config)));
        tf.tidy(() => {
          const inputs = inputsOf(config);
          const output = network.run(...inputs);
          expect(output.shape).to.deep.equal([...inputs[0].shape.slice(0, 3), config.outChannels]);
          const [first = Number.NaN, second = Number.NaN] = tf.max(tf.abs(output), [1, 2, 3]).dataSync();
          expect(first).to.be.within(1e-3, 1e3);
          expect(second).to.be.within(1e-3, 1e3).and.not.equal(first); // the timestep matters
        });
        network.dispose();
      }));
  }

  it('can be trained: every parameter has a gradient', async () => {
    await tf.setBackend('cpu'); // wasm has no kernel for the gradient of a filter
    const config = parseUNet2DConfig({ ...plain, sample_size: 4, num_class_embeds: 5 });
    const shapes = parameterShapes(config);
    await expectNoLeak(() => {
      const parameters = tfjsParameters(formulaWeights(shapes));
      const names = [...parameters.keys()];
      tf.tidy(() => {
        const inputs = inputsOf(config);
        const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
          const network = unet2d(tfjsOps, (name) => tensors[names.indexOf(name)] as tf.Tensor, config);
          return tf.mean(tf.square(network(...inputs)));
        };
        const gradients = tf.grads(loss)([...parameters.values()]);
        for (const [i, gradient] of gradients.entries()) {
          expect(gradient.shape).to.deep.equal(parameters.get(names[i] ?? '')?.shape);
          const largest = tf.max(tf.abs(gradient)).dataSync()[0];
          // softmax does not see what is added to all its inputs
          const least = names[i]?.endsWith('to_k.bias') ? 0 : 1e-9;
          expect(largest, names[i]).to.be.within(least, 1e3);
        }
      });
      tf.dispose([...parameters.values()]);
    }).finally(() => tf.setBackend('wasm'));
  });
});
