import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { denoise } from '../../src/returns/drive.ts';
import { planReturn } from '../../src/returns/plan.ts';
import { walk } from '../../src/solvers/index.ts';
import { describeShared, shared } from '../support/shared.ts';

// Made with diffusers 0.29.2 and torch 2.13 in float32; wanted within 1e-4.
describeShared('a whole return with real weights and images', ['goldens/fashion-28', 'models/fashion-28'], () => {
  for (const engine of ['onnx', 'tfjs'] as const)
    it(`passes through the states of the reference on ${engine}`, async () => {
      const model = await loadModel(shared('models/fashion-28'), { engine });
      const golden = parseSafetensors(readFileSync(shared('goldens/fashion-28/return.safetensors')));
      const read = (name: string, shape: number[]): tf.Tensor =>
        tf.tensor(golden.get(name)?.data as Float32Array, shape);
      tf.tidy(() => {
        const toNhwc = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
        const states = tf.unstack(read('states', [12, 4, 1, 28, 28])).map(toNhwc);
        // the reference took the 11 of 25 steps at or below timestep 400; image-to-image takes so many from 0.44
        const plan = planReturn(model, { strength: 0.44, steps: 25, solver: 'ddim', entry: 'diffusers' });
        expect(plan.legs.map(({ timestep }) => timestep)).to.deep.equal(
          Array.from(golden.get('timesteps')?.data as Float32Array),
        );
        const [clean, noise] = [toNhwc(read('images', [4, 1, 28, 28])), toNhwc(read('noise', [4, 1, 28, 28]))];
        const labels = Array.from(golden.get('labels')?.data as BigInt64Array, Number);
        let x: tf.Tensor4D = tf.add(clean, tf.mul(noise, plan.sigma));
        for (const [index, leg] of plan.legs.entries()) {
          const preserving = tf.div(x, Math.hypot(1, leg.from as number));
          expect(preserving, `state ${index}`).to.be.tensorCloseTo(states[index] as tf.Tensor, 1e-4);
          const steps = walk({ x, legs: [leg], solver: plan.solver, clip: model.scheduler.clip });
          let asked = steps.next();
          while (!asked.done)
            asked = steps.next(denoise({ model, keys: [], evaluate: asked.value, condition: labels }));
          x = asked.value;
        }
        expect(x).to.be.tensorCloseTo(states[plan.legs.length] as tf.Tensor, 1e-4);
      });
      model.dispose();
    });
});
