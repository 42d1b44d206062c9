import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients; tfjs-core alone has none
import { expect } from 'chai';
import { tfjsNetwork } from '../../src/engines/tfjs/network.ts';
import { tfjsOps } from '../../src/engines/tfjs/ops.ts';
import { tfjsParameters } from '../../src/engines/tfjs/parameters.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { plain, VARIANTS } from '../networks/configs.ts';
import { formulaWeights } from '../networks/formula.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { ask, noisy } from './asking.ts';

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
        const network = tfjsNetwork(unet2d(config), formulaWeights(parameterShapes(unet2d(config))));
        tf.tidy(() => {
          const inputs = inputsOf(config);
          const output = ask(network, ...inputs);
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
    const shapes = parameterShapes(unet2d(config));
    await expectNoLeak(() => {
      const parameters = tfjsParameters(formulaWeights(shapes));
      const names = [...parameters.keys()];
      tf.tidy(() => {
        const inputs = inputsOf(config);
        const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
          const network = unet2d(config).build<tf.Tensor>(tfjsOps, (name) => tensors[names.indexOf(name)] as tf.Tensor);
          return tf.mean(tf.square(network(noisy<tf.Tensor>(...inputs))['output'] as tf.Tensor));
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
