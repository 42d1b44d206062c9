import { expect } from 'chai';
import { fillGaussian, shuffled, uniform, uniformStream } from '../src/random.ts';

describe('addressed randomness', () => {
  it('repeats a stream for an equal path and changes it with any part of the path', () => {
    const draws = (path: Parameters<typeof uniformStream>[0]): number[] => {
      const next = uniformStream(path);
      return [next(), next(), next()];
    };
    expect(draws(['seed', 'image', 3])).to.deep.equal(draws(['seed', 'image', 3]));
    const others = [
      ['seed', 'image', 4],
      ['seed', 'image', '3'],
      ['seedimage', 3],
      [['seed', 'image'], 3],
      ['', 3],
      [0, 3],
    ];
    const firsts = new Set([['seed', 'image', 3], ...others].map((path) => uniform(path)));
    expect(firsts.size).to.equal(others.length + 1);
  });

  it('has no first draw twice in a 64 x 64 grid of seeds and indices', () => {
    const draws = new Set<number>();
    for (let seed = 0; seed < 64; seed += 1)
      for (let index = 0; index < 64; index += 1) draws.add(uniform([seed, index]));
    expect(draws.size).to.equal(64 * 64);
  });

  it('shuffles by the address: every item stays, and every order is as likely as any other', () => {
    const items = ['a', 'b', 'c'] as const;
    expect(shuffled(items, ['s', 1])).to.deep.equal(shuffled(items, ['s', 1]));
    expect(items).to.deep.equal(['a', 'b', 'c']);
    const n = 6000;
    const counts = new Map<string, number>();
    for (let k = 0; k < n; k += 1) {
      const order = shuffled(items, ['s', k]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).to.deep.equal(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    for (const count of counts.values()) expect(count / n).to.be.closeTo(1 / 6, 5 / Math.sqrt(n));
  });

  it('draws from the standard normal distribution', () => {
    const n = 100_000;
    const values = new Float32Array(n);
    fillGaussian(['moments'], values);
    const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / n;
    expect(moment(1)).to.be.closeTo(0, 5 / Math.sqrt(n));
    expect(moment(2)).to.be.closeTo(1, 5 * Math.sqrt(2 / n));
    expect(moment(3)).to.be.closeTo(0, 5 * Math.sqrt(15 / n));
    expect(moment(4)).to.be.closeTo(3, 5 * Math.sqrt(96 / n));
  });

  it('fills an odd part of an array and leaves the rest alone', () => {
    const values = new Float32Array(7).fill(99);
    fillGaussian(['part'], values, 2, 3);
    expect([...values.slice(0, 2), ...values.slice(5)]).to.deep.equal([99, 99, 99, 99]);
    expect(values.slice(2, 5).every((value) => Math.abs(value) < 6)).to.equal(true);
  });
});
