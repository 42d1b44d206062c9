import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

declare global {
  namespace Chai {
    interface Assertion {
      /** Same shape, and every element within `tolerance` of the expected one. */
      tensorCloseTo(expected: tf.Tensor, tolerance: number): void;
    }
  }
}

/** The largest difference between two lists of numbers, element by element; NaN counts as infinitely far. */
export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).to.equal(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
};

export const tensorAssertions: Chai.ChaiPlugin = (chai, utils) => {
  chai.Assertion.addMethod('tensorCloseTo', function (expected: tf.Tensor, tolerance: number) {
    const actual: tf.Tensor = utils.flag(this, 'object');
    expect(actual.shape).to.deep.equal(expected.shape);
    const difference = largestDifference(actual.dataSync(), expected.dataSync());
    this.assert(
      difference <= tolerance,
      `expected tensors within ${tolerance} of each other, but they differ by ${difference}`,
      `expected tensors further than ${tolerance} from each other, but they differ by ${difference}`,
      tolerance,
      difference,
    );
  });
};

/** Runs `body` and asserts that it left as many tensors as it found, whether it returned or threw. */
export const expectNoLeak = async (body: () => unknown): Promise<void> => {
  const before = tf.memory().numTensors;
  try {
    await body();
  } finally {
    expect(tf.memory().numTensors, 'tensors left behind').to.equal(before);
  }
};
