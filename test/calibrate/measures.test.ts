import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { wilsonInterval } from '../../src/calibrate/intervals.ts';
import {
  cosineSimilarities,
  diversities,
  keptClasses,
  rmsDistances,
  structuralSimilarities,
} from '../../src/calibrate/measures.ts';
import { imageNoise } from '../../src/tensors/noise.ts';
import { expectNoLeak } from '../support/tensors.ts';

const noise = (name: string): tf.Tensor4D =>
  tf.tidy(() =>
    tf.clipByValue(
      tf.add(
        tf.mul(
          imageNoise(
            [
              [name, 0],
              [name, 1],
            ],
            [9, 8, 2],
          ),
          0.2,
        ),
        0.5,
      ),
      0,
      1,
    ),
  );
const numbers = (make: () => tf.Tensor): number[] => tf.tidy(() => Array.from(make().dataSync()));

/** Equation 13 of the paper, one window at a time. */
const plainSimilarity = (a: number[][], b: number[][]): number => {
  const values: number[] = [];
  for (let top = 0; top + 7 <= a.length; top += 1) {
    for (let left = 0; left + 7 <= (a[0]?.length ?? 0); left += 1) {
      const cut = (x: number[][]): number[] => x.slice(top, top + 7).flatMap((row) => row.slice(left, left + 7));
      const [p, q] = [cut(a), cut(b)];
      const mean = (x: number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
      const [mp, mq] = [mean(p), mean(q)];
      const spread = (x: number[], y: number[], mx: number, my: number): number =>
        x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] as number) - my), 0) / (x.length - 1);
      const top2 = (2 * mp * mq + 1e-4) * (2 * spread(p, q, mp, mq) + 9e-4);
      values.push(top2 / ((mp ** 2 + mq ** 2 + 1e-4) * (spread(p, p, mp, mp) + spread(q, q, mq, mq) + 9e-4)));
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

describe('measures', () => {
  let [a, b]: tf.Tensor4D[] = [];
  before(() => {
    [a, b] = [noise('a'), noise('b')];
  });
  after(() => tf.dispose([a, b]));

  it('finds no distance from an image to itself, and half a unit to one that is half a unit brighter', () => {
    expect(numbers(() => rmsDistances(a as tf.Tensor4D, a as tf.Tensor4D))).to.deep.equal([0, 0]);
    for (const distance of numbers(() => rmsDistances(a as tf.Tensor4D, tf.add(a as tf.Tensor4D, 0.5)))) {
      expect(distance).to.be.closeTo(0.5, 1e-6);
    }
  });

  it('finds equal images alike in structure, and agrees with the formula window by window on others', () => {
    for (const one of numbers(() => structuralSimilarities(a as tf.Tensor4D, a as tf.Tensor4D))) {
      expect(one).to.be.closeTo(1, 1e-5);
    }
    const mixed = tf.tidy(() => tf.add(tf.mul(a as tf.Tensor4D, 0.7), tf.mul(b as tf.Tensor4D, 0.3)) as tf.Tensor4D);
    const channel = (x: tf.Tensor4D, n: number, c: number): number[][] =>
      (x.arraySync()[n] as number[][][]).map((row) => row.map((pixel) => pixel[c] as number));
    const similar = numbers(() => structuralSimilarities(a as tf.Tensor4D, mixed));
    for (const n of [0, 1]) {
      const plain = [0, 1].map((c) => plainSimilarity(channel(a as tf.Tensor4D, n, c), channel(mixed, n, c)));
      expect(similar[n]).to.be.closeTo(((plain[0] as number) + (plain[1] as number)) / 2, 1e-4);
    }
    mixed.dispose();
  });

  it('compares images that are smaller than a window whole', () => {
    const similar = numbers(() => {
      const small = tf.slice(a as tf.Tensor4D, [0, 0, 0, 0], [2, 3, 4, 1]);
      return structuralSimilarities(small as tf.Tensor4D, small as tf.Tensor4D);
    });
    for (const one of similar) expect(one).to.be.closeTo(1, 1e-5);
  });

  it('knows embeddings of one direction, across and against each other', () => {
    const cosines = numbers(() =>
      cosineSimilarities(
        tf.tensor2d([
          [1, 0],
          [1, 0],
          [2, 2],
          [0, 0],
        ]),
        tf.tensor2d([
          [3, 0],
          [0, 1],
          [-1, -1],
          [1, 0],
        ]),
      ),
    );
    for (const [n, expected] of [1, 0, -1, 0].entries()) expect(cosines[n]).to.be.closeTo(expected, 1e-6);
  });

  it('sees which images keep their class', () => {
    const probabilities = tf.tensor2d([
      [0.6, 0.4],
      [0.6, 0.4],
      [0.1, 0.9],
    ]);
    expect(numbers(() => keptClasses(probabilities, [0, 1, 1]))).to.deep.equal([1, 0, 1]);
    probabilities.dispose();
  });

  it('finds no diversity in one variant or in equal ones, and the mean over pairs in others', () => {
    const x = a as tf.Tensor4D;
    expect(numbers(() => diversities([x]))).to.deep.equal([0, 0]);
    expect(numbers(() => diversities([x, x, x]))).to.deep.equal([0, 0]);
    for (const one of numbers(() => diversities([x, tf.add(x, 0.3), tf.add(x, 0.9)]))) {
      expect(one).to.be.closeTo((0.3 + 0.9 + 0.6) / 3, 1e-6);
    }
  });

  it('leaves no tensors behind but its result', () =>
    expectNoLeak(() => {
      tf.dispose([structuralSimilarities(a as tf.Tensor4D, b as tf.Tensor4D), diversities([a as tf.Tensor4D])]);
    }));

  it('gives the interval that Wilson gives: 9 of 10 are 0.596 to 0.982', () => {
    const [low, high] = wilsonInterval([1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(low).to.be.closeTo(0.5958, 1e-4);
    expect(high).to.be.closeTo(0.9821, 1e-4);
    expect(wilsonInterval([0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])[0]).to.be.closeTo(low, 1e-12);
  });
});
