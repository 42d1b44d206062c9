import { createWriteStream, truncateSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { diskFile } from '../../src/node/data/byteReader.ts';
import { idxItems, readIdxHeader } from '../../src/node/data/idxFile.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { readIdx, readIdxDataset } from '../../src/node/idx.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { tarOf, zipOf } from './dataArchives.ts';
import { cifar, firsts, idx, png, writeFiles } from './dataFiles.ts';

const IMAGES = idx([3, 1, 2], [1, 0, 2, 0, 3, 0]);
const TEST_IMAGES = idx([2, 1, 2], [4, 0, 5, 0]);

describe('IDX files', () => {
  const path = scratchFolder();

  const spellings: readonly [images: string, labels: string][] = [
    ['-images-idx3-ubyte', '-labels-idx1-ubyte'],
    ['-images-idx3-ubyte.gz', '-labels-idx1-ubyte.gz'],
    ['-images.idx3-ubyte', '-labels.idx1-ubyte'],
    ['-images-idx3-ubyte/train-images-idx3-ubyte', '-labels-idx1-ubyte/train-labels-idx1-ubyte'],
  ];
  for (const [images, labels] of spellings) {
    it(`are found as train${images}`, async () => {
      const pack = (bytes: Buffer): Buffer => (images.endsWith('.gz') ? gzipSync(bytes) : bytes);
      const test = (name: string): string => `t10k${name.replace('/train', '/t10k')}`;
      writeFiles(path, {
        [`train${images}`]: pack(IMAGES),
        [`train${labels}`]: pack(idx([3], [1, 0, 2])),
        [test(images)]: pack(TEST_IMAGES),
        [test(labels)]: pack(idx([2], [2, 1])),
      });
      const found = await openImages(path());
      expect([firsts(found), found.labels]).to.deep.equal([
        [1, 2, 3],
        [1, 0, 2],
      ]);
      expect(firsts(await openImages(path(), { part: 'test' }))).to.deep.equal([4, 5]);
    });
  }

  it('of QMNIST have labels of eight numbers, the first of which is the class', async () => {
    const rows = [7, 0, 0, 1, 2, 3, 4, 5, 3, 0, 0, 1, 2, 3, 4, 6, 300, 0, 0, 1, 2, 3, 4, 6];
    writeFiles(path, {
      'qmnist-test-images-idx3-ubyte': TEST_IMAGES,
      'qmnist-test-labels-idx2-int': idx([2, 8], rows.slice(0, 16), 12),
    });
    expect((await openImages(path(), { part: 'test' })).labels).to.deep.equal([7, 3]);
    expect([...(await readIdxDataset(path(), 'test')).labels]).to.deep.equal([7, 3]);
    writeFileSync(path('qmnist-test-labels-idx2-int'), idx([2, 8], rows.slice(8), 12));
    expect((await rejection(openImages(path(), { part: 'test' }))).message).to.match(/idx2-int.*label 1 is 300/);
  });

  it("of EMNIST's letters count from 1", async () => {
    writeFiles(path, {
      'emnist-letters-train-images-idx3-ubyte.gz': gzipSync(IMAGES),
      'emnist-letters-train-labels-idx1-ubyte.gz': gzipSync(idx([3], [1, 26, 2])),
    });
    const { labels, classes } = await openImages(path());
    expect([labels, classes?.[0], classes?.length]).to.deep.equal([[0, 25, 1], 'A', 26]);
  });

  it('of several data sets are not mixed, but opened by name', async () => {
    const files = ['letters', 'digits'].flatMap((name, n) => [
      [`emnist-${name}-train-images-idx3-ubyte`, IMAGES] as const,
      [`emnist-${name}-train-labels-idx1-ubyte`, idx([3], [1 + n, 2 + n, 3 + n])] as const,
    ]);
    writeFiles(path, Object.fromEntries(files));
    const error = await rejection(openImages(path()));
    expect(error).to.have.property('code', 'several-datasets');
    expect(error.message).to.match(/emnist-digits, emnist-letters/);
    expect(await rejection(readIdxDataset(path(), 'train'))).to.have.property('code', 'several-datasets');
    expect((await openImages(path('emnist-digits-train-images-idx3-ubyte'))).labels).to.deep.equal([2, 3, 4]);
    const other = rejection(openImages(path('emnist-digits-train-images-idx3-ubyte'), { part: 'test' }));
    expect(await other).to.have.property('code', 'no-such-part');
  });

  it('are read from archives', async () => {
    const files = { 'raw/train-images-idx3-ubyte': IMAGES, 'raw/train-labels-idx1-ubyte': idx([3], [1, 0, 2]) };
    for (const bytes of [tarOf(files), zipOf(files, 'deflated')]) {
      writeFileSync(path('archive'), bytes);
      expect((await openImages(path('archive'))).labels).to.deep.equal([1, 0, 2]);
    }
  });

  const faults: readonly [title: string, files: Readonly<Record<string, Buffer>>, words: RegExp][] = [
    ['fewer labels than images', { labels: idx([2], [1, 0]) }, /labels-idx1.*2 labels.*3 images/],
    ['labels that end too early', { labels: idx([3], [1, 0]) }, /labels-idx1.*needs 3 bytes, there are 2/],
    ['labels that go on', { labels: idx([3], [1, 0, 1, 0]) }, /labels-idx1.*needs 3 bytes, there are 4/],
    ['labels that are floats', { labels: idx([3], [0, 0, 0], 13) }, /type 13/],
    ['images that end too early', { images: IMAGES.subarray(0, -1) }, /images-idx3.*needs 6 bytes, there are 5/],
    ['images that go on', { images: Buffer.concat([IMAGES, Buffer.alloc(2)]) }, /images-idx3.*6 bytes, there are 8/],
    ['packed images that end too early', { images: gzipSync(IMAGES.subarray(0, -1)) }, /needs 6 bytes, there are 5/],
    ['packed images that go on', { images: gzipSync(Buffer.concat([IMAGES, Buffer.alloc(9)])) }, /6 bytes.*more/],
    ['a packed file that breaks off', { images: gzipSync(IMAGES).subarray(0, -9) }, /unexpected end of file/],
    ['images without pixels', { images: idx([3, 0, 2], []) }, /nothing in it/],
  ];
  for (const [title, { images = IMAGES, labels = idx([3], [1, 0, 2]) }, words] of faults) {
    it(`are refused: ${title}`, async () => {
      writeFiles(path, { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels });
      for (const place of [path(), path('train-images-idx3-ubyte')]) {
        const error = await rejection(openImages(place));
        expect(error.code).to.be.oneOf(['bad-idx', 'bad-archive']);
        expect(error.message).to.match(words).and.not.include('\n');
      }
    });
  }

  it('that are packed take no more memory than their header promises', async () => {
    const zeros = function* (): Generator<Buffer> {
      yield idx([10], []);
      for (let n = 0; n < 256; n += 1) yield Buffer.alloc(2 ** 20);
    };
    await pipeline(zeros, createGzip({ level: 1 }), createWriteStream(path('bomb.gz')));
    const before = process.memoryUsage().arrayBuffers;
    const error = await rejection(readIdx(path('bomb.gz')));
    expect(error.message).to.match(/\[10\] needs 10 bytes, there are more/);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(2 ** 25);
  });

  it('that promise more than they can hold are refused before room is made', async () => {
    writeFileSync(path('promise.gz'), gzipSync(idx([60_000, 10_000, 10_000], [1, 2, 3])));
    expect((await rejection(readIdx(path('promise.gz')))).message).to.match(/needs 6000000000000 bytes/);
  });

  it('may be longer than 2 GiB', async () => {
    const side = 1024;
    const count = 2253; // 2.2 GiB, in a file that takes no room
    writeFileSync(path('large'), idx([count, side, side], [7]));
    truncateSync(path('large'), 16 + count * side * side);
    const file = await diskFile(path('large'));
    const items = idxItems(file, await readIdxHeader(file));
    expect((await items.next()).value?.[0]).to.equal(7);
    await items.return(undefined);
  });

  it('are read from any image on: on disk without what precedes it, and packed as well', async () => {
    const values = Array.from({ length: 40 }, (_, n) => n);
    writeFileSync(path('plain'), idx([10, 2, 2], values));
    writeFileSync(path('packed'), gzipSync(idx([10, 2, 2], values)));
    for (const name of ['plain', 'packed']) {
      const file = await diskFile(path(name));
      const asked: number[] = [];
      const piecesFrom = (at: number) => {
        asked.push(at);
        return (file.piecesFrom ?? file.pieces)(at);
      };
      const watched = { ...file, piecesFrom };
      const found: number[][] = [];
      for await (const item of idxItems(watched, await readIdxHeader(file), 8)) found.push([...item]);
      expect(found, name).to.deep.equal([values.slice(32, 36), values.slice(36)]);
      expect(asked, name).to.deep.equal(name === 'plain' ? [16 + 8 * 4] : []);
    }
  });
});

describe('binary files of CIFAR', () => {
  const path = scratchFolder();

  const faults: readonly [title: string, file: string, bytes: Buffer, words: RegExp][] = [
    [
      'cut off',
      'data_batch_2.bin',
      Buffer.concat([cifar([1]), cifar([2]).subarray(0, 99)]),
      /3073.*3172, 1 images and 99/,
    ],
    ['of CIFAR-100 and cut off', 'train.bin', cifar([1, 2]).subarray(1), /3074.*3073/],
    ['empty', 'data_batch_2.bin', Buffer.alloc(0), /has 0/],
    [
      'with a class that is not there',
      'data_batch_2.bin',
      Buffer.concat([cifar([9]), cifar([10])]),
      /image 1.*10.*0 to 9/,
    ],
    ['with a coarse class that is not there', 'train.bin', cifar([20, 1]), /image 0.*20.*0 to 19/],
    ['with a fine class that is not there', 'train.bin', cifar([19, 100]), /image 0.*100.*0 to 99/],
  ];
  for (const [title, file, bytes, words] of faults) {
    it(`are refused: ${title}`, async () => {
      const names = Array.from({ length: 100 }, (_, n) => `class ${n}`).join('\n');
      const beside =
        file === 'train.bin' ? { 'fine_label_names.txt': Buffer.from(names) } : { 'data_batch_1.bin': cifar([0]) };
      writeFiles(path, { ...beside, [file]: bytes });
      for (const place of [path(), path(file)]) {
        const error = await rejection(openImages(place));
        expect(error).to.have.property('code', 'bad-cifar');
        expect(error.message).to.match(words).and.include(file);
      }
    });
  }

  it('are read from the archive as it is downloaded', async () => {
    const names = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ').join('\n');
    const files = {
      'cifar-10-batches-bin/data_batch_1.bin': cifar([3]),
      'cifar-10-batches-bin/data_batch_2.bin': cifar([9], [4, 5, 6]),
      'cifar-10-batches-bin/batches.meta.txt': Buffer.from(`${names}\n\n`),
      'cifar-10-batches-bin/test_batch.bin': cifar([0]),
    };
    writeFileSync(path('cifar-10-binary.tar.gz'), gzipSync(tarOf(files)));
    writeFiles(path, files);
    const images = await openImages(path('cifar-10-binary.tar.gz'));
    expect(images).to.deep.include({ count: 2, labels: [3, 9] });
    expect([images.classes?.[3], firsts(images)]).to.deep.equal(['cat', [1, 4]]);
    expect((await openImages(path('cifar-10-batches-bin'))).digest).to.equal(images.digest);
    expect((await openImages(path('cifar-10-binary.tar.gz'), { part: 'test' })).labels).to.deep.equal([0]);
  });

  it('are asked for instead of pickles', async () => {
    const files = {
      'cifar-10-batches-py/data_batch_1': Buffer.from('\x80\x02}'),
      'cifar-10-batches-py/batches.meta': Buffer.from('x'),
    };
    writeFiles(path, files);
    writeFileSync(path('python.tar'), tarOf(files));
    for (const place of [path('cifar-10-batches-py'), path('python.tar')]) {
      const error = await rejection(openImages(place));
      expect(error).to.have.property('code', 'unsupported-dataset');
      expect(error.message).to.match(/pickles.*binary version.*https/);
    }
  });

  it('need not be what a file of another kind is', async () => {
    writeFiles(path, { 'train.bin': Buffer.from('weights'), 'a.png': await png(1) });
    const { count, skipped } = await openImages(path());
    expect([count, skipped.map(({ name }) => name)]).to.deep.equal([1, ['train.bin']]);
  });
});

describeShared('packed files as they were found', 'cases/data', () => {
  it('are refused where they are cut off', async () => {
    const cut = await rejection(openImages(shared('cases/data/cifar10t')));
    expect(cut).to.have.property('code', 'bad-cifar');
    expect(cut.message).to.match(/data_batch_2\.bin.*56460/);
    for (const place of ['cases/data/idxbad', 'cases/data/idxbad/train-images-idx3-ubyte']) {
      const short = await rejection(openImages(shared(place)));
      expect(short).to.have.property('code', 'bad-idx');
      expect(short.message).to.match(/train-labels-idx1-ubyte.*20.*50/);
    }
  });

  it('are found under other names', async () => {
    expect(await openImages(shared('cases/data/kmnist-dot'))).to.include({ count: 50 });
  });
});
