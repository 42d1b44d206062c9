import { expect } from 'chai';
import type { ImageSource, SourceImage } from '../../../src/node/data/source.ts';
import { rangeReader } from '../../../src/node/runs/rangeReader.ts';
import { readImages } from '../../../src/node/runs/readImages.ts';

const COUNT = 12;

type Watched = ImageSource & { readonly passes: number[][]; readonly read: number[] };

/** A source that says which places each pass was asked for, and what was read. @param order in which images come. */
const watched = (
  order = Array.from({ length: COUNT }, (_, n) => n),
  faults: ReadonlyMap<number, number> = new Map(),
): Watched => {
  const [passes, read]: [number[][], number[]] = [[], []];
  const left = new Map(faults);
  const imageAt = (place: number): SourceImage => {
    read.push(place);
    const fault = left.get(place) ?? 0;
    left.set(place, fault - 1);
    const content = fault > 0 ? { fault: 'a bad sector' } : { bytes: Uint8Array.of(place), shape: [1, 1, 1] as const };
    return { place, name: `image ${place}`, content };
  };
  const at = (places: ReadonlySet<number>): AsyncGenerator<SourceImage> => {
    passes.push([...places]);
    return (async function* () {
      for (const place of order) if (places.has(place)) yield imageAt(place);
    })();
  };
  const layout = { container: 'folder', content: 'pictures', pictures: [] } as const;
  return { count: COUNT, layout, images: at(new Set()), at, passes, read };
};

const ranges = [0, 4, 8].map((first) => ({ first, count: 4 }));
const placesOf = (images: readonly SourceImage[]): number[] => images.map(({ place }) => place);
const faultsOf = (images: readonly SourceImage[]): number[] =>
  images.flatMap(({ place, content }) => ('fault' in content ? [place] : []));

describe('the ranges of a data set', () => {
  it('are read in one pass where they were announced, and once for all their variants', async () => {
    const source = watched();
    const reader = rangeReader(source);
    source.passes.length = 0;
    await reader.announce(ranges);
    for (const range of ranges.flatMap((one) => [one, one, one])) {
      expect(placesOf(await reader.read(range))).to.deep.equal([0, 1, 2, 3].map((n) => range.first + n));
    }
    expect(source.passes).to.have.length(1);
    expect(source.read).to.deep.equal([...Array(COUNT).keys()]);
    await reader.close();
  });

  it('may be asked for in any order, or some of them alone', async () => {
    const reader = rangeReader(watched());
    await reader.announce(ranges);
    for (const range of [
      { first: 8, count: 4 },
      { first: 0, count: 4 },
      { first: 4, count: 4 },
      { first: 4, count: 3 },
      { first: 0, count: 4 },
      { first: 5, count: 2 },
    ]) {
      const images = await reader.read(range);
      expect(placesOf(images)).to.deep.equal(Array.from({ length: range.count }, (_, n) => range.first + n));
      expect(faultsOf(images)).to.deep.equal([]);
    }
    const second = rangeReader(watched());
    await second.announce(ranges);
    await second.read({ first: 0, count: 4 });
    expect(
      faultsOf(await second.read({ first: 8, count: 4 })),
      'one left out, since it is there already',
    ).to.deep.equal([]);
    const alone = watched();
    alone.passes.length = 0;
    expect(placesOf(await rangeReader(alone).read({ first: 8, count: 2 }))).to.deep.equal([8, 9]);
    expect(alone.passes).to.deep.equal([[8, 9]]);
  });

  it('are in order where an archive is not, and say what is there no more', async () => {
    const reader = rangeReader(watched([3, 2, 9, 1, 0, 8, 7, 6, 5, 10, 11]));
    await reader.announce(ranges);
    for (const range of ranges) {
      const images = await reader.read(range);
      expect(placesOf(images)).to.deep.equal([0, 1, 2, 3].map((n) => range.first + n));
      expect(images.filter(({ content }) => 'fault' in content).map(({ place }) => place)).to.deep.equal(
        range.first === 4 ? [4] : [],
      );
    }
  });

  it('are asked for by several at once, and each gets its own', async () => {
    const reader = rangeReader(watched());
    await reader.announce(ranges);
    const found = await Promise.all(ranges.map((range) => reader.read(range)));
    expect(found.flatMap(placesOf)).to.deep.equal([...Array(COUNT).keys()]);
    expect(found.flatMap(faultsOf)).to.deep.equal([]);
  });

  it('are tried once more where images cannot be read, and then these are listed', async () => {
    const reader = rangeReader(
      watched(
        undefined,
        new Map([
          [1, 1],
          [2, 2],
        ]),
      ),
    );
    const { images, failed } = await readImages(reader, { first: 0, count: 4 }, 1);
    expect(images.map(({ place }) => place)).to.deep.equal([0, 1, 3]);
    expect(failed).to.deep.equal([{ place: 2, name: 'image 2', why: 'a bad sector' }]);
  });
});
