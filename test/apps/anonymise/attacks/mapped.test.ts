import { expect } from 'chai';
import { mapVectors } from '../../../../src/apps/anonymise/attacks/mapped.ts';
import type { Vectors } from '../../../../src/apps/anonymise/embedder.ts';
import { findRanks } from '../../../../src/apps/anonymise/ranks.ts';
import { fillGaussian, shuffled } from '../../../../src/random.ts';

const [COUNT, WIDTH] = [120, 8];
const each = Array.from({ length: COUNT }, (_, n) => n);

const vectors = (rows: readonly Float32Array[], isFound = rows.map(() => true)): Vectors => {
  const data = new Float32Array(rows.length * WIDTH);
  for (const [n, row] of rows.entries()) {
    const length = Math.hypot(...row);
    data.set(
      row.map((value) => value / length),
      n * WIDTH,
    );
  }
  return { count: rows.length, width: WIDTH, data, isFound, attributes: rows.map(() => undefined) };
};
const gaussian = (...path: (string | number)[]): Float32Array => {
  const out = new Float32Array(WIDTH);
  fillGaussian(path, out);
  return out;
};
const people = (name: string): Float32Array[] => each.map((n) => gaussian(name, n));
/** A reflection along a direction of chance: it keeps lengths, and hides who is who. */
const mirrored = (row: Float32Array): Float32Array => {
  const along = gaussian('mirror');
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const share = (2 * dot(row, along)) / dot(along, along);
  const mirrored = row.map((value, i) => value - share * (along[i] ?? 0));
  return mirrored.map((_, i) => mirrored[(i + 3) % WIDTH] ?? 0);
};
const found = async (copies: Vectors, originals: Vectors, places?: readonly number[]): Promise<number> => {
  const { own } = await findRanks(copies, originals, { people: each, ...(places ? { places } : {}) });
  const known = [...own].filter((rank) => !Number.isNaN(rank));
  return known.filter((rank) => rank === 1).length / known.length;
};

describe('mapVectors', () => {
  it('undoes what a method does to everybody alike, learned from other people', async () => {
    const [before, after] = [vectors(people('a')), vectors(people('a').map(mirrored))];
    expect(await found(after, before)).to.be.below(0.1);
    expect(await found(await mapVectors(after, before, { people: each }), before)).to.be.above(0.97);
  });

  it('does not find more than a search does in copies that have nothing of their originals, nor less where all is there', async () => {
    const [before, none] = [vectors(people('a')), vectors(people('b'))];
    const chance = 1 / COUNT;
    expect(await found(await mapVectors(none, before, { people: each }), before)).to.be.below(
      chance + 5 * Math.sqrt(chance / COUNT),
    );
    expect(await found(await mapVectors(before, before, { people: each }), before)).to.equal(1);
  });

  it('learns nothing of a person from any of its own pairs', async () => {
    const persons = each.map((n) => Math.floor(n / 3));
    const [rows, copies] = [people('a'), people('a').map(mirrored)];
    const once = await mapVectors(vectors(copies), vectors(rows), { people: persons });
    const forged = rows.map((row, n) => (n === 4 ? gaussian('forged') : row)); // another original of person 1
    const twice = await mapVectors(vectors(copies), vectors(forged), { people: persons });
    const at = ({ data }: Vectors, n: number): number[] => [...data.slice(n * WIDTH, (n + 1) * WIDTH)];
    for (const n of [3, 4, 5]) expect(at(twice, n)).to.deep.equal(at(once, n));
    expect(each.some((n) => String(at(twice, n)) !== String(at(once, n)))).to.equal(true);
  });

  it('pairs copies with their own originals, whatever their order', async () => {
    const places = shuffled(each, ['order']).slice(0, 100);
    const before = vectors(people('a'));
    const after = vectors(places.map((place) => mirrored(gaussian('a', place))));
    const mapped = await mapVectors(after, before, { people: each, places });
    expect(await found(mapped, before, places)).to.be.above(0.97);
  });

  it('learns nothing from originals in which nobody was found', async () => {
    const isFound = each.map((n) => n % 3 > 0);
    const after = vectors(people('a').map(mirrored));
    const once = await mapVectors(after, vectors(people('a'), isFound), { people: each });
    const other = people('a').map((row, n) => (isFound[n] ? row : gaussian('other', n)));
    expect(await mapVectors(after, vectors(other, isFound), { people: each })).to.deep.equal(once);
  });

  it('learns from so many pairs at most', async () => {
    const [before, after] = [vectors(people('a')), vectors(people('a').map(mirrored))];
    const made = (most: number) => mapVectors(after, before, { people: each, most });
    expect(await found(await made(4), before)).to.be.below(0.5);
    expect(await made(COUNT)).to.deep.equal(await mapVectors(after, before, { people: each }));
  });

  it('learns what it can from one other person', async () => {
    const [before, after] = [vectors(people('a').slice(0, 2)), vectors(people('b').slice(0, 2))];
    expect((await mapVectors(after, before, { people: [0, 1] })).isFound).to.deep.equal([true, true]);
  });

  it('leaves out who was not found, and finds nobody where there is nobody else to learn from', async () => {
    const isFound = each.map((n) => n !== 7);
    const mapped = await mapVectors(vectors(people('a'), isFound), vectors(people('a')), { people: each });
    expect(mapped.isFound).to.deep.equal(isFound);
    const alone = await mapVectors(vectors(people('a')), vectors(people('a')), { people: each.map(() => 0) });
    expect(alone.isFound).to.deep.equal(each.map(() => false));
  });
});
