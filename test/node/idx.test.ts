import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { readIdx, readIdxDataset } from '../../src/node/idx.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { idx } from './dataFiles.ts';

describe('readIdx', () => {
  const path = scratchFolder();

  for (const [title, pack] of [
    ['plain', (bytes: Buffer) => bytes],
    ['compressed', (bytes: Buffer) => gzipSync(bytes)],
  ] as const) {
    it(`reads a ${title} file`, async () => {
      writeFileSync(path('file'), pack(idx([2, 1, 3], [1, 2, 3, 4, 5, 255])));
      const { shape, data } = await readIdx(path('file'));
      expect(shape).to.deep.equal([2, 1, 3]);
      expect([...data]).to.deep.equal([1, 2, 3, 4, 5, 255]);
    });
  }

  const damaged: readonly [title: string, bytes: Buffer, words: RegExp][] = [
    ['nothing', Buffer.alloc(0), /two zero bytes/],
    ['a web page', Buffer.from('<!DOCTYPE html>'), /two zero bytes/],
    ['floats', idx([1], [0, 0, 0, 0], 13), /type 13/],
    ['a header that ends too early', idx([1, 1], [1]).subarray(0, 9), /header/],
    ['too few bytes', idx([2, 2], [1, 2, 3]), /4 bytes.*3/],
    ['too many bytes', idx([2], [1, 2, 3]), /2 bytes.*3/],
    ['a damaged archive', gzipSync(idx([2], [1, 2])).subarray(0, 15), /IDX/],
  ];
  for (const [title, bytes, words] of damaged) {
    it(`refuses ${title}`, async () => {
      writeFileSync(path('file'), bytes);
      const error = await rejection(readIdx(path('file')));
      expect(error).to.be.an.instanceOf(ArgumentError).with.property('code', 'bad-idx');
      expect(error.message).to.match(words).and.include(path('file'));
    });
  }
});

describe('readIdxDataset', () => {
  const path = scratchFolder();
  const write = (images: Buffer, labels: Buffer): void => {
    writeFileSync(path('t10k-images-idx3-ubyte.gz'), gzipSync(images));
    writeFileSync(path('t10k-labels-idx1-ubyte'), labels);
  };

  it('puts images and labels together, compressed or not', async () => {
    write(idx([2, 1, 2], [1, 2, 3, 4]), idx([2], [7, 9]));
    const { images, labels, ...sizes } = await readIdxDataset(path(), 'test');
    expect(sizes).to.deep.equal({ count: 2, height: 1, width: 2 });
    expect([[...images], [...labels]]).to.deep.equal([
      [1, 2, 3, 4],
      [7, 9],
    ]);
  });

  it('names the file that is missing and where to get it', async () => {
    const error = await rejection(readIdxDataset(path(), 'train'));
    expect(error).to.have.property('code', 'no-such-dataset');
    expect(error.message)
      .to.include('train-images-idx3-ubyte.gz')
      .and.include('github.com/zalandoresearch/fashion-mnist');
  });

  it('refuses labels that are not as many as the images', async () => {
    write(idx([2, 1, 2], [1, 2, 3, 4]), idx([3], [7, 9, 1]));
    expect(await rejection(readIdxDataset(path(), 'test'))).to.have.property('code', 'bad-idx');
  });

  it('refuses images that are not images', async () => {
    write(idx([2], [1, 2]), idx([2], [7, 9]));
    expect(await rejection(readIdxDataset(path(), 'test'))).to.have.property('code', 'bad-idx');
  });
});

describeShared('Fashion-MNIST', 'data/fashion-mnist', () => {
  it('has 10,000 test images, 1,000 of each class', async () => {
    const { labels, ...test } = await readIdxDataset(shared('data/fashion-mnist'), 'test');
    expect([test.count, test.height, test.width, test.images.length]).to.deep.equal([10_000, 28, 28, 7_840_000]);
    for (let label = 0; label < 10; label += 1) {
      expect(labels.filter((value) => value === label).length).to.equal(1000);
    }
  });
});
