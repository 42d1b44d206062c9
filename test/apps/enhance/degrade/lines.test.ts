import { expect } from 'chai';
import { Matrix } from 'ml-matrix';
import { bandedOf } from '../../../../src/apps/enhance/degrade/banded.ts';
import { cubicLine, kernelLine, meanLine } from '../../../../src/apps/enhance/degrade/lines.ts';
import { spectrumOf } from '../../../../src/apps/enhance/degrade/spectrum.ts';
import { uniformStream } from '../../../../src/random.ts';
import { largestDifference } from '../../../support/tensors.ts';
import { denseOf } from './denseOf.ts';

/*
 * By Pillow 12.3.0, of an image of mode 'F', so that nothing is rounded: `Image.new('F', (12, 8))` with
 * `putdata([((i * 37 + 11 * (i // 5) ** 2) % 64) / 64 for i in range(96)])`, and `resize(size, Image.BICUBIC)`; six
 * digits. Of the doubled one its first line.
 */
const PILLOW = {
  half: [
    0.386641, 0.497578, 0.428594, 0.514912, 0.555561, 0.333045, 0.558378, 0.610898, 0.440767, 0.471449, 0.581328,
    0.53396, 0.364022, 0.361344, 0.550087, 0.498653, 0.548737, 0.573187, 0.59095, 0.516587, 0.431036, 0.487615,
    0.527453, 0.596484,
  ],
  quarter: [0.489859, 0.488323, 0.507761, 0.471318, 0.487761, 0.563643],
  doubled: [
    -0.113944, 0.082486, 0.498744, 0.538542, 0.172611, 0.215066, 0.665908, 0.729485, 0.405798, 0.172643, 0.030022,
    0.145734, 0.519779, 0.55281, 0.244826, 0.305183, 0.73388, 0.778327, 0.438527, 0.331809, 0.458173, 0.384924,
    0.129988, 0.009651,
  ],
};
const picture = new Matrix(
  Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 12 }, (__, column) => {
      const i = row * 12 + column;
      return ((i * 37 + 11 * Math.floor(i / 5) ** 2) % 64) / 64;
    }),
  ),
);
const resized = (rows: number, columns: number): number[] =>
  denseOf(cubicLine(8, rows))
    .mmul(picture)
    .mmul(denseOf(cubicLine(12, columns)).transpose())
    .to1DArray();

describe('a cubic filter', () => {
  it('makes of an image what Pillow makes of it, smaller and larger', () => {
    expect(largestDifference(resized(4, 6), PILLOW.half)).to.be.below(2e-6);
    expect(largestDifference(resized(2, 3), PILLOW.quarter)).to.be.below(2e-6);
    expect(largestDifference(resized(16, 24).slice(0, 24), PILLOW.doubled)).to.be.below(2e-6);
  });

  it('takes a line for its own mirror image beyond its ends, as Matlab does', () => {
    for (const [length, count] of [
      [24, 6],
      [24, 3],
      [6, 24],
    ] as const) {
      const next = uniformStream(['line', length]);
      const line = Array.from({ length }, next);
      const thrice = [...line.toReversed(), ...line, ...line.toReversed()];
      const middle = denseOf(cubicLine(3 * length, 3 * count))
        .mmul(Matrix.columnVector(thrice))
        .to1DArray()
        .slice(count, 2 * count);
      const own = denseOf(cubicLine(length, count, 'matlab'))
        .mmul(Matrix.columnVector(line))
        .to1DArray();
      expect(largestDifference(own, middle)).to.be.below(1e-12);
    }
  });
});

describe('a kernel', () => {
  it('of equal numbers, as many as its stride, gives means', () => {
    expect(kernelLine(12, [0.25, 0.25, 0.25, 0.25], 4)).to.deep.equal(meanLine(12, 4));
  });

  it('lies about its pixel, and mirrors the line at both ends, however long it is', () => {
    expect(denseOf(kernelLine(4, [0.25, 0.5, 0.25], 1)).to2DArray()).to.deep.equal([
      [0.75, 0.25, 0, 0],
      [0.25, 0.5, 0.25, 0],
      [0, 0.25, 0.5, 0.25],
      [0, 0, 0.25, 0.75],
    ]);
    expect(denseOf(kernelLine(2, [0.5, 0, 0, 0, 0, 0, 0.25, 0, 0.25], 1)).to2DArray()).to.deep.equal([
      [0.75, 0.25],
      [0.25, 0.75],
    ]);
  });
});

describe('a spectrum', () => {
  it('puts a matrix together again, by directions that are upright to each other', () => {
    for (const matrix of [cubicLine(24, 6), kernelLine(12, [0.2, 0.5, 0.3], 1), meanLine(12, 3)]) {
      const { left, gains, right } = spectrumOf(matrix);
      const again = left.mmul(Matrix.diag([...gains])).mmul(right.transpose());
      expect(largestDifference(again.to1DArray(), denseOf(matrix).to1DArray())).to.be.below(1e-10);
      const products = right.transpose().mmul(right).to1DArray();
      expect(largestDifference(products, Matrix.eye(gains.length).to1DArray())).to.be.below(1e-8);
    }
  });

  it('leaves out what is not seen at all', () => {
    const means = bandedOf({ rows: 2, columns: 2 }, (_, add) => {
      for (const column of [0, 1]) add(column, 0.5);
    });
    const { gains, right } = spectrumOf(means);
    expect(gains.filter((gain) => gain > 0)).to.have.lengthOf(1);
    expect(right.to1DArray().every(Number.isFinite)).to.equal(true);
  });
});
