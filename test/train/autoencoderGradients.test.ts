import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients; tfjs-core alone has none
import { expect } from 'chai';
import { tfjsOps } from '../../src/engines/tfjs/ops.ts';
import { tfjsParameters } from '../../src/engines/tfjs/parameters.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { parseAutoencoder } from '../../src/networks/parseAutoencoder.ts';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';

const { encoder, decoder } = parseAutoencoder({
  _class_name: 'AutoencoderTiny',
  in_channels: 1,
  out_channels: 1,
  encoder_block_out_channels: [8, 8],
  decoder_block_out_channels: [8, 8],
  num_encoder_blocks: [1, 1],
  num_decoder_blocks: [1, 1],
});
const STEP = 1e-2;

const checkGradients = () => {
  registerWasmTrainingKernels();
  return expectNoLeak(() => {
    const shapes = new Map([...parameterShapes(encoder), ...parameterShapes(decoder)]);
    const parameters = tfjsParameters(formulaWeights(shapes));
    const [names, start] = [[...parameters.keys()], [...parameters.values()]];
    tf.tidy(() => {
      const x = tf.tensor4d(formula('sample', [2, 8, 6, 1]), [2, 8, 6, 1]);
      const target = tf.tensor4d(formula('target', [2, 8, 6, 1]), [2, 8, 6, 1]);
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const take = (name: string) => values[names.indexOf(name)] as tf.Tensor;
        const { output: latents } = encoder.build(tfjsOps, take)({ x });
        const { output } = decoder.build(tfjsOps, take)({ x: latents as tf.Tensor });
        return tf.mean(tf.squaredDifference(output as tf.Tensor, target));
      };
      const { grads } = tf.valueAndGrads(lossOf)(start);
      const lengths = grads.map((grad) => tf.norm(grad).dataSync()[0] as number);
      for (const [n, name] of names.entries()) expect(lengths[n], name).to.be.within(1e-4, 1e2);
      // along the gradient the loss rises by its length, step for step
      const length = Math.hypot(...lengths);
      const moved = (by: number): number =>
        lossOf(
          ...start.map((value, n) => tf.add(value, tf.mul(grads[n] as tf.Tensor, by / length))),
        ).dataSync()[0] as number;
      expect((moved(STEP) - moved(-STEP)) / (2 * STEP * length)).to.be.closeTo(1, 5e-3);
    });
    tf.dispose(start);
  });
};

describe('a tiny autoencoder', () => {
  it('can be trained on wasm: every parameter has the gradient that finite differences find', checkGradients);
});

describeTfjsNode('a tiny autoencoder', () => {
  it('can be trained: every parameter has the gradient that finite differences find', checkGradients);
});
