import { expect } from 'chai';
import type { Vectors } from '../../../src/apps/anonymise/embedder.ts';
import { frechetOf } from '../../../src/apps/anonymise/frechet.ts';
import { fillGaussian } from '../../../src/random.ts';

const gaussian = (name: string, count: number, width: number): Float32Array => {
  const data = new Float32Array(count * width);
  fillGaussian([name], data);
  return data;
};
const vectors = (data: Float32Array, width: number, isFound?: readonly boolean[]): Vectors => {
  const count = data.length / width;
  const found = isFound ?? Array.from({ length: count }, () => true);
  return { count, width, data, isFound: found, attributes: found.map(() => undefined) };
};
const distance = (a: Float32Array, b: Float32Array, width: number): number =>
  frechetOf(vectors(a, width), vectors(b, width))?.distance ?? Number.NaN;

/** Trace of the covariance of rows. */
const spread = (data: Float32Array, width: number): number => {
  const count = data.length / width;
  let sum = 0;
  for (let i = 0; i < width; i += 1) {
    const column = Array.from({ length: count }, (_, n) => data[n * width + i] as number);
    const mean = column.reduce((total, value) => total + value, 0) / count;
    sum += column.reduce((total, value) => total + (value - mean) ** 2, 0) / (count - 1);
  }
  return sum;
};

describe('frechetOf', () => {
  for (const [count, width] of [
    [120, 6],
    [20, 50],
  ] as const) {
    it(`knows ${count} vectors of ${width} numbers again, wherever they are moved`, () => {
      const a = gaussian('a', count, width);
      expect(distance(a, a, width)).to.be.closeTo(0, 1e-6 * width);
      const moved = a.map((value, i) => value + (i % width === 2 ? 3 : 0));
      expect(distance(a, moved, width)).to.be.closeTo(9, 1e-4);
    });

    it(`sees ${count} vectors of ${width} numbers spread out, as (1 - s)² of their spread`, () => {
      const a = gaussian('a', count, width);
      const mean = Array.from({ length: width }, (_, i) =>
        a.reduce((sum, value, k) => (k % width === i ? sum + value / count : sum), 0),
      );
      const wider = a.map((value, i) => (mean[i % width] as number) + 1.5 * (value - (mean[i % width] as number)));
      const wanted = 0.25 * spread(a, width);
      expect(distance(a, wider, width)).to.be.closeTo(wanted, 1e-4 * wanted);
      expect(distance(wider, a, width)).to.be.closeTo(wanted, 1e-4 * wanted);
    });
  }

  it('is what the covariances give, where they are small enough to write down', () => {
    const [a, b] = [gaussian('a', 200, 2), gaussian('b', 200, 2).map((value, i) => (i % 2 ? 2 * value : value + 1))];
    const moments = (data: Float32Array) => {
      const rows = Array.from({ length: 200 }, (_, n) => [data[2 * n] as number, data[2 * n + 1] as number] as const);
      const column = (i: 0 | 1): number[] => rows.map((row) => row[i]);
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / 200;
      const [x, y] = [mean(column(0)), mean(column(1))];
      const from = { 0: x, 1: y };
      const about = (i: 0 | 1, j: 0 | 1): number =>
        rows.reduce((sum, row) => sum + (row[i] - from[i]) * (row[j] - from[j]), 0) / 199;
      return { x, y, xx: about(0, 0), xy: about(0, 1), yy: about(1, 1) };
    };
    const [p, q] = [moments(a), moments(b)];
    const trace = p.xx * q.xx + 2 * p.xy * q.xy + p.yy * q.yy; // of C1 C2
    const determinant = (p.xx * p.yy - p.xy ** 2) * (q.xx * q.yy - q.xy ** 2);
    const root = Math.sqrt(trace + 2 * Math.sqrt(determinant)); // sum of the roots of the two eigenvalues
    const wanted = (p.x - q.x) ** 2 + (p.y - q.y) ** 2 + p.xx + p.yy + q.xx + q.yy - 2 * root;
    expect(distance(a, b, 2)).to.be.closeTo(wanted, 1e-5);
  });

  it('looks at pairs that were found in both, and says of how many', () => {
    const [a, b] = [gaussian('a', 8, 3), gaussian('b', 8, 3)];
    const cut = (data: Float32Array): Float32Array => data.slice(6);
    const seen = frechetOf(
      vectors(a, 3, [false, true, true, true, true, true, true, true]),
      vectors(b, 3, [true, false, true, true, true, true, true, true]),
    );
    expect(seen?.of).to.equal(6);
    expect(seen?.distance).to.be.closeTo(distance(cut(a), cut(b), 3), 1e-6);
    expect(frechetOf(vectors(a.slice(0, 3), 3), vectors(b.slice(0, 3), 3))).to.equal(undefined);
  });

  it('takes no more than 500 pairs, the same each time', () => {
    const [a, b] = [vectors(gaussian('a', 700, 2), 2), vectors(gaussian('b', 700, 2), 2)];
    const once = frechetOf(a, b);
    expect(once?.of).to.equal(500);
    expect(frechetOf(a, b)).to.deep.equal(once);
  });
});
