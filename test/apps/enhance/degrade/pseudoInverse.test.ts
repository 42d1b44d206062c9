import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { Matrix, pseudoInverse as pseudoInverseOf } from 'ml-matrix';
import { type Banded, bandedOf, product, transposed } from '../../../../src/apps/enhance/degrade/banded.ts';
import { exactInverse, inverseByGains } from '../../../../src/apps/enhance/degrade/inverses.ts';
import { lineMapOf, mapLines } from '../../../../src/apps/enhance/degrade/lineMap.ts';
import { cubicLine, kernelLine, meanLine } from '../../../../src/apps/enhance/degrade/lines.ts';
import { pseudoInverse } from '../../../../src/apps/enhance/degrade/pseudoInverse.ts';
import { imageNoise } from '../../../../src/tensors/noise.ts';
import { expectNoLeak, largestDifference } from '../../../support/tensors.ts';
import { denseOf } from './denseOf.ts';

const LINES: Readonly<Record<string, Banded>> = {
  means: meanLine(24, 4),
  'a cubic filter': cubicLine(48, 6),
  'a cubic filter as by Matlab': cubicLine(24, 12, 'matlab'),
  'a kernel that is not symmetric': kernelLine(12, [0.2, 0.7, 0.1], 1),
  'a kernel longer than the line': kernelLine(6, [0, 0.1, 0.1, 0.5, 0.1, 0.1, 0, 0.1, 0], 2),
};

describe('bands', () => {
  it('are turned and multiplied as matrices are', () => {
    const [a, b] = [LINES['a cubic filter'] as Banded, cubicLine(96, 48)];
    expect(denseOf(transposed(a)).to2DArray()).to.deep.equal(denseOf(a).transpose().to2DArray());
    const whole = denseOf(a).mmul(denseOf(b));
    expect(largestDifference(denseOf(product(a, b)).to1DArray(), whole.to1DArray())).to.be.below(1e-14);
  });

  it('may have rows of nothing', () => {
    const some = bandedOf({ rows: 3, columns: 3 }, (row, add) => row === 1 && add(2, 5));
    expect(denseOf(product(some, transposed(some))).to1DArray()).to.deep.equal([0, 0, 0, 0, 25, 0, 0, 0, 0]);
  });
});

describe('the pseudo-inverse of a band', () => {
  for (const [name, line] of Object.entries(LINES)) {
    it(`is that of its singular values: ${name}`, () => {
      const own = denseOf(pseudoInverse(line, 1e-4) as Banded);
      const other = pseudoInverseOf(denseOf(line));
      expect(largestDifference(own.to1DArray(), other.to1DArray())).to.be.below(1e-8);
    });
  }

  it('leaves out what is nothing in float32, so that it is next to a band itself', () => {
    const line = cubicLine(2400, 300);
    const back = pseudoInverse(line, 1e-4) as Banded;
    const longest = Math.max(...back.rows.map(({ values }) => values.length));
    expect(longest).to.be.below(60);
    const same = denseOf(product(line, back)).to1DArray();
    expect(largestDifference(same, Matrix.eye(300).to1DArray())).to.be.below(1e-8);
  });

  it('is not there where some of a line is not seen, or next to not', () => {
    const third = [1 / 3, 1 / 3, 1 / 3];
    expect(pseudoInverse(kernelLine(24, third, 1), 1e-4)).to.equal(undefined); // of period 3
    const least = [0.004, 0.02].map((gain) => kernelLine(200, [0.25 - gain / 4, 0.5 + gain / 2, 0.25 - gain / 4], 1));
    const found = least.map((line) => pseudoInverse(line, 1e-4) !== undefined); // the smallest gain is about `gain`
    expect(found).to.deep.equal([false, true]);
  });
});

describe('both ways back from what was seen', () => {
  it('are one, where all of it is trusted', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const lines = { down: cubicLine(48, 12), across: kernelLine(60, [0.1, 0.3, 0.4, 0.2], 3) };
        const seen = imageNoise([['a'], ['b']], [12, 20, 2]);
        const exact = mapLines(seen, exactInverse(lines) as NonNullable<ReturnType<typeof exactInverse>>);
        expect(exact).to.be.tensorCloseTo(inverseByGains(lines)(seen), 1e-5);
      });
    }));

  it('are the same in one block and in many', () =>
    expectNoLeak(() => {
      tf.tidy(() => {
        const long = cubicLine(1200, 400);
        const map = lineMapOf(long);
        expect(map.blocks.length).to.be.above(3);
        const x = imageNoise([['a'], ['b']], [1200, 3, 2]);
        const across = lineMapOf(cubicLine(3, 3));
        const whole = denseOf(long);
        const numbers = mapLines(x, { down: map, across }).dataSync();
        for (const column of [0, 5]) {
          const line = Array.from({ length: 1200 }, (_, n) => x.dataSync()[1200 * 6 + n * 6 + column] as number);
          const own = Array.from({ length: 400 }, (_, n) => numbers[400 * 6 + n * 6 + column] as number);
          expect(largestDifference(own, whole.mmul(Matrix.columnVector(line)).to1DArray())).to.be.below(1e-5);
        }
      });
    }));
});
