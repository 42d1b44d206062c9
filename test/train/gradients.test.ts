import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { tfjsOps } from '../../src/engines/tfjs/ops.ts';
import { checkpointLayout, type Weight } from '../../src/engines/tfjs/parameters.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { disposeTrained, parametersOf, startTrained } from '../../src/train/trained.ts';
import { registerWasmTrainingKernels } from '../../src/train/wasmKernels.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

const folder = 'goldens/diffusers/class-conditional-tiny';

// Made with torch 2.13; wanted within 1e-4 of each gradient's largest magnitude.
describeShared('gradients of a whole network', folder, () => {
  it('are those of the reference, on wasm', async () => {
    registerWasmTrainingKernels();
    const read = (file: string) => parseSafetensors(readFileSync(shared(`${folder}/${file}.safetensors`)));
    const [weights, io, golden] = [read('diffusion_pytorch_model'), read('io'), read('gradients')];
    const config = parseUNet2DConfig(JSON.parse(readFileSync(shared(`${folder}/config.json`), 'utf8')));
    await expectNoLeak(() => {
      const trained = startTrained(weights as unknown as Map<string, Weight>);
      tf.tidy(() => {
        const nhwc = (from: typeof io, name: string): tf.Tensor => {
          const { shape, data } = from.get(name) as unknown as Weight;
          return tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]);
        };
        const numbers = (name: string): number[] => Array.from(io.get(name)?.data as BigInt64Array, Number);
        const [x, target] = [nhwc(io, 'sample'), nhwc(golden, 'target')];
        const timesteps = tf.tensor1d(numbers('timestep'));
        const labels = tf.tensor1d(numbers('class_labels'), 'int32');
        const parameters = parametersOf(trained);
        const names = [...parameters.keys()];
        const lossOf = (...values: tf.Tensor[]): tf.Tensor => {
          const network = unet2d(config).build<tf.Tensor>(tfjsOps, (name) => values[names.indexOf(name)] as tf.Tensor);
          return tf.mean(tf.squaredDifference(network({ x, timesteps, labels })['output'] as tf.Tensor, target));
        };
        const { value, grads } = tf.valueAndGrads(lossOf)([...parameters.values()]);
        const loss = Number((golden.get('loss')?.data as Float32Array | undefined)?.[0]);
        expect(value.dataSync()[0]).to.be.closeTo(loss, 1e-5);
        for (const [n, name] of names.entries()) {
          const wanted = golden.get(`grad.${name}`)?.data as Float32Array;
          const largest = wanted.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
          if (name.endsWith('to_k.bias')) continue; // softmax does not see it: the true gradient is 0, what is left is rounding
          const found = checkpointLayout(grads[n] as tf.Tensor).dataSync();
          const difference = wanted.reduce((most, one, i) => Math.max(most, Math.abs(one - (found[i] as number))), 0);
          expect(difference / largest, name).to.be.below(1e-4);
        }
      });
      disposeTrained(trained);
    });
  });
});
