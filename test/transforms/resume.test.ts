import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { adaptive } from '../../src/schedules/adaptive.ts';
import { ramp } from '../../src/schedules/schedules.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { slowLearners } from '../../src/transforms/boomerang/slowLearners.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import type { Transform, TransformState } from '../../src/transforms/transform.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';

const model = gaussianModel();
const [COUNT, EPOCHS] = [5, 4];
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const base = { model, seed: 'run', steps: 2, epochs: EPOCHS };
const learner = () => slowLearners({ share: 0.4, epochs: 2 });
/** A classifier that learns: in the first epoch it takes bright images for class 0, from then on the dark ones, more. */
const learning =
  (epoch: number) =>
  (images: tf.Tensor4D): tf.Tensor =>
    tf.tidy(() => {
      const brightness = tf.mul(tf.sub(tf.mean(images, [1, 2, 3]), 0.5), epoch === 0 ? 60 : -8);
      return tf.softmax(tf.stack([brightness, tf.zeros([images.shape[0]])], 1));
    });

type Made = { readonly transform: Transform; readonly slow?: ReturnType<typeof learner> };

/** Transforms as a program makes them anew each time that it starts. */
const makers: Record<string, () => Made> = {
  boomerang: () => ({ transform: boomerangAugment({ ...base, strength: ramp(0.2, 0.6), probability: 0.7 }) }),
  adaptive: () => ({
    transform: boomerangAugment({
      ...base,
      strength: adaptive({ target: 0, measure: (epoch) => (epoch % 2 === 0 ? 1 : -1), start: 0.3, step: 0.1 }),
      probability: adaptive({ target: 0, measure: () => 1, start: 0.4, step: 0.2 }),
    }),
  }),
  reuse: () => ({ transform: boomerangAugment({ ...base, strength: 0.4, eta: 1, reuse: 3, branch: 0.5 }) }),
  bank: () => ({ transform: boomerangAugment({ ...base, strength: 0.4, bank: 3 }) }),
  classical: () => ({ transform: classical({ seed: 'run', flip: true, shift: 1 }) }),
  'slow learners': () => {
    const slow = learner();
    return { slow, transform: boomerangAugment({ ...base, strength: 0.4, select: slow }) };
  },
  'composed, with slow learners': () => {
    const slow = learner();
    const strength = adaptive({ target: 0, measure: () => 1, start: 0.2, step: 0.1 });
    const boomerang = boomerangAugment({ ...base, strength, select: slow });
    return { slow, transform: compose(boomerang, classical({ seed: 'run', flip: true, shift: 1 })) };
  },
  'composed, classical first': () => ({
    transform: compose(classical({ seed: 'run', shift: 1 }), boomerangAugment({ ...base, strength: ramp(0.2, 0.6) })),
  }),
};

describe('a run that was interrupted at any step goes on with the same bytes', () => {
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(COUNT, model);
  });
  after(() => images.dispose());

  const labelled = () =>
    data.array([0]).map(() => ({
      xs: tf.clone(images),
      ys: tf.tensor1d([0, 1, 0, 1, 1]),
    })) as unknown as data.Dataset<tf.TensorContainer>;

  type Step = (transform: Transform, image: tf.Tensor3D) => Promise<tf.Tensor>;
  const ways: Record<string, Step> = {
    mapped: async (transform, image) => transform(image),
    awaited: (transform, image) => transform.async(image),
  };

  /** Image by image, epoch by epoch; started anew from its state before a step. */
  const run = async (make: () => Made, step: Step, interrupted?: number): Promise<number[][]> => {
    let { transform, slow } = make();
    const record = async (epoch: number) => slow?.callback(learning(epoch), labelled()).onEpochEnd(epoch);
    const made: number[][] = [];
    for (let n = 0; n < EPOCHS * COUNT; n += 1) {
      if (n === interrupted) {
        const state = json(transform.state());
        expect(state.epoch, 'the epoch to go on with').to.equal(Math.floor(n / COUNT));
        ({ transform, slow } = make());
        transform.restore(state);
      }
      const image = tf.squeeze(tf.slice(images, [n % COUNT, 0, 0, 0], [1, 4, 4, 1]), [0]) as tf.Tensor3D;
      const variant = await step(transform, image);
      made.push(Array.from(variant.dataSync()));
      tf.dispose([image, variant]);
      if (n % COUNT === COUNT - 1) {
        await record(Math.floor(n / COUNT));
        await transform.endEpoch();
      }
    }
    return made;
  };

  for (const [name, make] of Object.entries(makers)) {
    for (const [way, step] of Object.entries(ways)) {
      it(`${name}, ${way}`, async () => {
        const whole = await run(make, step);
        expect(new Set(whole.map(String)).size).to.be.above(COUNT);
        for (let n = 0; n < EPOCHS * COUNT; n += 1)
          expect(await run(make, step, n), `at step ${n}`).to.deep.equal(whole);
      });
    }

    it(`${name}, as a data set that counts its passes`, async () => {
      const source = data
        .array([0, 1, 2, 3, 4])
        .map((n) =>
          tf.squeeze(tf.slice(images, [n, 0, 0, 0], [1, 4, 4, 1]), [0]),
        ) as unknown as data.Dataset<tf.Tensor3D>;
      const passes = async (state?: TransformState): Promise<{ passes: number[][]; states: TransformState[] }> => {
        const { transform } = make();
        if (state) transform.restore(state);
        const dataset = augmentDataset(source, transform);
        const all: { passes: number[][]; states: TransformState[] } = { passes: [], states: [json(dataset.state())] };
        for (let epoch = state?.epoch ?? 0; epoch < EPOCHS; epoch += 1) {
          const pass: number[] = [];
          await dataset.forEachAsync((image) => {
            pass.push(...(image as unknown as tf.Tensor).dataSync());
          });
          all.passes.push(pass);
          await dataset.endEpoch({});
          all.states.push(json(dataset.state()));
        }
        return all;
      };
      const whole = await passes();
      expect(whole.states.map(({ epoch }) => epoch)).to.deep.equal([0, 1, 2, 3, 4]);
      for (const [epoch, state] of whole.states.entries()) {
        expect((await passes(state)).passes, `from epoch ${epoch}`).to.deep.equal(whole.passes.slice(epoch));
      }
    });
  }

  it('is refused by the same kind of transform with other options', () => {
    for (const [was, is] of [
      [classical({ seed: 1, shift: 1 }), classical({ seed: 1, shift: 2 })],
      [classical({ seed: 1, shift: 1 }), classical({ seed: 2, shift: 1 })],
      [compose(classical({ seed: 1 })), compose(classical({ seed: 1, flip: true }))],
      [compose(classical({ seed: 1 })), compose(classical({ seed: 1 }), classical({ seed: 2 }))],
    ] as [Transform, Transform][]) {
      expect(() => is.restore(json(was.state())))
        .to.throw(ArgumentError, /; make the transform with those$|must be of 2 transforms/)
        .with.property('code', 'bad-state');
    }
  });

  it('is refused by another kind of transform, and by one of other options', () => {
    const states = Object.entries(makers).map(([name, make]) => [name, json(make().transform.state())] as const);
    for (const [name, make] of Object.entries(makers)) {
      for (const [other, state] of states) {
        if (name === other) make().transform.restore(state);
        else {
          expect(() => make().transform.restore(state), `${other} by ${name}`)
            .to.throw(ArgumentError)
            .with.property('code', 'bad-state');
        }
      }
    }
  });
});
