import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { makeModel } from '../../src/models/makeModel.ts';
import type { Conditions, LabelSpace, Model } from '../../src/models/model.ts';
import { dream } from '../../src/returns/dream.ts';
import { drive, driveAsync } from '../../src/returns/drive.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const WAY = { count: 6, steps: 4, seed: 'd' } as const;

/** A model with classes, and what it was asked. */
const classModel = (labels: LabelSpace): { readonly model: Model; readonly asked: Conditions[] } => {
  const asked: Conditions[] = [];
  const run = (x: tf.Tensor4D, conditions: Conditions): tf.Tensor4D => {
    asked.push(conditions);
    return tf.mul(x, 0.9);
  };
  const runner = { engine: 'tfjs', run, runAsync: async (...given: Parameters<typeof run>) => run(...given) } as const;
  return { model: makeModel({ ...gaussianModel(), labels }, { ...runner, dispose() {} }), asked };
};

describe('what a model makes of noise alone', () => {
  it('is images of the distribution that it knows, the same for the same seed, awaited or not', () =>
    expectNoLeak(async () => {
      const spread = 0.35;
      const many = { ...WAY, count: 200, steps: 40 };
      const [now, later] = [drive(dream(gaussianModel(), many)), await driveAsync(dream(gaussianModel(), many))];
      expect(later).to.be.tensorCloseTo(now, 1e-6);
      const deviation = tf.tidy(() => tf.sqrt(tf.mean(tf.square(now))).dataSync()[0] ?? 0);
      tf.dispose([now, later]);
      expect(deviation / spread).to.be.within(
        0.85, // few steps of DDIM lose variance
        1 + 5 / Math.sqrt(200 * 16),
      );
    }));

  it('walks over all noise levels', () =>
    expectNoLeak(() => {
      const { model, asked } = classModel({ count: 3 });
      drive(dream(model, WAY)).dispose();
      const steps = asked.map(({ timesteps: [first = 0] }) => first);
      expect(steps).to.have.length(4);
      expect([steps[0], steps.toSorted((a, b) => b - a)]).to.deep.equal([999, steps]);
    }));

  const spaces: readonly (readonly [string, LabelSpace, readonly number[]])[] = [
    ['fewer classes than images', { count: 3 }, [0, 0, 1, 1, 2, 2]],
    ['more classes than images', { count: 12, nullLabel: 11 }, [0, 2, 4, 6, 8, 10]],
    ['classes without end', { count: Number.POSITIVE_INFINITY }, [0, 0, 0, 0, 0, 0]],
  ];
  for (const [title, space, labels] of spaces) {
    it(`is of all classes as evenly as it goes: ${title}`, () =>
      expectNoLeak(() => {
        const { model, asked } = classModel(space);
        drive(dream(model, WAY)).dispose();
        for (const one of asked) expect(one.labels).to.deep.equal(labels);
        expect(asked).to.not.be.empty;
      }));
  }

  it('is nothing, and leaves nothing, where the network fails', () =>
    expectNoLeak(async () => {
      const model = makeModel(gaussianModel(), {
        engine: 'tfjs',
        run: (x) => tf.mul(x, Number.NaN),
        runAsync: async (x) => tf.mul(x, Number.NaN),
        dispose() {},
      });
      expect(await rejection(driveAsync(dream(model, WAY)))).to.have.property('code', 'not-finite');
    }));
});
