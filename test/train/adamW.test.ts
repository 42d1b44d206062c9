import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { adamWStep } from '../../src/train/adamW.ts';
import { disposeTrained, startTrained } from '../../src/train/trained.ts';
import { expectNoLeak } from '../support/tensors.ts';

const OPTIONS = { learningRate: 0.01, weightDecay: 0, clipNorm: 1, ema: 0, step: 1 };

describe('a step of AdamW', () => {
  for (const sizes of [[1], [1023], [1024], [1500, 548], [3, 5000, 40]]) {
    it(`measures all gradients together: ${sizes.join(' and ')}`, () =>
      expectNoLeak(async () => {
        const weights = sizes.map((size, n) => [`${n}`, { shape: [size], data: new Float32Array(size) }] as const);
        const trained = startTrained(new Map(weights));
        const gradients = sizes.map((size, n) => tf.fill([size], n + 2));
        const update = adamWStep(trained, gradients, OPTIONS);
        const wanted = Math.sqrt(sizes.reduce((sum, size, n) => sum + size * (n + 2) ** 2, 0));
        expect((await update.norm.data())[0] as number).to.be.closeTo(wanted, 1e-5 * wanted);
        const [first] = await update.rows.first.data();
        expect(first).to.be.closeTo((0.1 * 2) / wanted, 1e-5); // shortened to a length of 1
        disposeTrained(trained);
        tf.dispose([...gradients, update.norm, update.rest, ...Object.values(update.rows)]);
      }));
  }
});
