import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { loadModel } from '../../src/node/loadModel.ts';

import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { expectWithin, onEngines, planOf, readGolden, statesOf } from './goldenRun.ts';

const STEPS = 20;

// diffusers 0.40 development version, torch 2.13; wanted within 1e-4 on the last state, 5e-4 on what is decoded
describeShared('a whole return in latents with real weights', ['goldens/faces-64', 'models/faces-64'], () => {
  onEngines((engine) => {
    it('passes through the states of the reference, and ends in its images', () =>
      expectNoLeak(async () => {
        const model = await loadModel(shared('models/faces-64'), { engine });
        const golden = readGolden(shared('goldens/faces-64/return.safetensors'));
        try {
          tf.tidy(() => {
            const plan = planOf(model, golden, STEPS);
            const latent = model.encode(golden.map('images'));
            expectWithin('latent', latent, golden.map('latent'), 2e-5);
            const states = statesOf(model, plan, tf.add(latent, tf.mul(golden.map('noise'), plan.sigma)));
            for (const [n, wanted] of golden.maps('states').entries())
              expectWithin(`state ${n}`, states[n] as tf.Tensor, wanted, 1e-4);
            const last = states.at(-1) as tf.Tensor4D;
            expect(last).to.be.tensorCloseTo(golden.maps('states').at(-1) as tf.Tensor, 1e-4);
            expect(model.decode(last)).to.be.tensorCloseTo(golden.map('decoded'), 5e-4);
            expect(model.decode(latent)).to.be.tensorCloseTo(golden.map('round_trip'), 5e-4);
          });
        } finally {
          model.dispose();
        }
      }));
  });
});
