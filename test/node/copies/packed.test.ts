import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openImages } from '../../../src/node/data/openImages.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { tarOf } from '../dataArchives.ts';
import { cifar, idx, writeFiles } from '../dataFiles.ts';
import { contentsOf, filesIn, isRead, makeCopies, readAll, SALT } from './made.ts';

const KEEP = { names: 'keep' } as const;
const SECRET = { names: 'hash', salt: SALT } as const;
const LABELS = [1, 0, 2, 1, 0];
const TEST_LABELS = [1, 1, 0];

/** Images of 2 x 2, of which each has its number as its first value. */
const values = (count: number): number[] => Array.from({ length: 4 * count }, (_, i) => (i % 4 === 0 ? i / 4 : i));

const mnist = () => ({
  'train-images-idx3-ubyte.gz': gzipSync(idx([5, 2, 2], values(5))),
  'train-labels-idx1-ubyte.gz': gzipSync(idx([5], LABELS)),
  't10k-images-idx3-ubyte': idx([3, 2, 2], values(3)),
  't10k-labels-idx1-ubyte': idx([3], TEST_LABELS),
});

/** The first value and the label of each image. */
const pairs = ({ bytes, count, labels = [] }: Awaited<ReturnType<typeof openImages>>): [number, number][] =>
  Array.from({ length: count }, (_, n) => [bytes[(n * bytes.length) / count] as number, labels[n] as number]);

describe('copies of IDX files', () => {
  const path = scratchFolder();

  it('are the same files, where pixels are the same and names are kept', async () => {
    writeFiles((name) => path(`in/${name}`), mnist());
    const { notes } = await makeCopies(path('in'), path('out'), KEEP);
    expect(filesIn(path('out'))).to.deep.equal(filesIn(path('in')));
    for (const [name, bytes] of Object.entries(mnist())) {
      const found = readFileSync(path(`out/${name}`));
      const plain = (file: Buffer): Buffer => (name.endsWith('.gz') ? gunzipSync(file) : file);
      expect(plain(found).equals(plain(bytes)), name).to.equal(true);
    }
    expect(notes).to.deep.equal(['IDX files have no room for the mark of synthetic media']);
    expect((await makeCopies(path('in'), path('bare'), { ...KEEP, mark: false })).notes).to.deep.equal([]);
  });

  for (const [title, how] of [
    ['as they were', KEEP],
    ['in a secret order', SECRET],
  ] as const) {
    it(`keep labels with their images where some have no copy, ${title}`, async () => {
      writeFiles((name) => path(`in/${name}`), mnist());
      const { names } = await makeCopies(path('in'), path('out'), { ...how, without: [1, 4, 5] });
      const train = pairs(await openImages(path('out')));
      expect(train.toSorted(([a], [b]) => a - b)).to.deep.equal([
        [0, 1],
        [2, 2],
        [3, 1],
      ]);
      const test = pairs(await openImages(path('out'), { part: 'test' }));
      expect(test.toSorted(([a], [b]) => a - b)).to.deep.equal([
        [1, 1],
        [2, 0],
      ]);
      const place = Number(/image (\d+)$/.exec(names.get(3) ?? '')?.[1]);
      expect(train[place]?.[0], 'where image 3 is').to.equal(3);
    });
  }

  it('have an order and names of files that tell nothing, unless names are kept', async () => {
    const count = 30;
    const files = {
      'anna-train-images-idx3-ubyte.gz': gzipSync(
        idx(
          [count, 2, 2],
          values(count).map((value) => value % 256),
        ),
      ),
      'anna-train-labels-idx1-ubyte': idx(
        [count],
        Array.from({ length: count }, (_, n) => n % 3),
      ),
    };
    writeFiles((name) => path(`in/deep/${name}`), files);
    await makeCopies(path('in'), path('out'), SECRET);
    expect(filesIn(path('out'))).to.deep.equal(['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte']);
    const found = pairs(await openImages(path('out')));
    const order = found.map(([first]) => first);
    expect(order).to.not.deep.equal(order.toSorted((a, b) => a - b));
    expect(found.every(([first, label]) => label === first % 3)).to.equal(true);
  });

  it('have one number a label: more columns tell who wrote what', async () => {
    const rows = [5, 9, 4021, 3, 1, 9, 4022, 7];
    writeFiles((name) => path(`in/${name}`), {
      'qmnist-test-images-idx3-ubyte': idx([2, 2, 2], values(2)),
      'qmnist-test-labels-idx2-int': idx([2, 4], rows, 12),
    });
    const { notes } = await makeCopies(path('in'), path('out'), KEEP);
    expect(filesIn(path('out'))).to.deep.equal(['qmnist-test-images-idx3-ubyte', 'qmnist-test-labels-idx1-ubyte']);
    expect(readFileSync(path('out/qmnist-test-labels-idx1-ubyte')).equals(idx([2], [5, 1]))).to.equal(true);
    expect(notes.join()).to.match(/one number each/);
  });

  it('are of a single file too, with or without labels', async () => {
    writeFiles((name) => path(`in/${name}`), { ...mnist(), alone: idx([2, 2, 2], values(2)) });
    await makeCopies(path('in/t10k-images-idx3-ubyte'), path('out'), KEEP);
    expect(filesIn(path('out'))).to.deep.equal(['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']);
    await makeCopies(path('in/alone'), path('lonely'), SECRET);
    expect(filesIn(path('lonely'))).to.deep.equal(['images-idx3-ubyte']);
    expect((await openImages(path('lonely/images-idx3-ubyte'))).count).to.equal(2);
  });
});

describe('copies of CIFAR files', () => {
  const path = scratchFolder();
  const record =
    (...heads: number[]) =>
    (n: number): Buffer =>
      cifar(heads, [n, 2, 3]);
  const ten = () => ({
    'bin/data_batch_1.bin': Buffer.concat([record(3)(10), record(4)(11)]),
    'bin/data_batch_2.bin': record(5)(12),
    'bin/test_batch.bin': record(6)(13),
    'bin/batches.meta.txt': Buffer.from('a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n'),
    'bin/readme.html': Buffer.from('by somebody'),
  });

  it('are the same files, where pixels are the same and names are kept', async () => {
    writeFiles((name) => path(`in/${name}`), ten());
    const { originals, notes } = await makeCopies(path('in'), path('out'), KEEP);
    const { 'bin/readme.html': _, ...rest } = contentsOf(path('in'));
    expect(contentsOf(path('out'))).to.deep.equal(rest);
    expect(originals.skipped.map(({ name }) => name)).to.deep.equal(['bin/readme.html']);
    expect(notes).to.deep.equal(['CIFAR files have no room for the mark of synthetic media']);
  });

  it('lie in an archive where the originals do, and without empty files', async () => {
    writeFileSync(path('cifar.tar.gz'), gzipSync(tarOf(ten())));
    await makeCopies(path('cifar.tar.gz'), path('out'), { ...SECRET, without: [2] });
    expect(filesIn(path('out'))).to.deep.equal(['images.tar.gz']);
    const images = await openImages(path('out/images.tar.gz'));
    expect(pairs(images).toSorted(([a], [b]) => a - b)).to.deep.equal([
      [10, 3],
      [11, 4],
    ]);
    expect(images.classes?.[3]).to.equal('d');
    expect((await openImages(path('out/images.tar.gz'), { part: 'test' })).labels).to.deep.equal([6]);
  });

  it('keep the coarse and the fine class of CIFAR-100', async () => {
    writeFiles((name) => path(`in/${name}`), { 'train.bin': record(7, 42)(1), 'test.bin': record(8, 43)(2) });
    const { originals } = await makeCopies(path('in'), path('out'), KEEP);
    expect(contentsOf(path('out'))).to.deep.equal(contentsOf(path('in')));
    const labels = (await readAll(originals)).map((original) => isRead(original) && original.labels);
    expect(labels).to.deep.equal([
      [7, 42],
      [8, 43],
    ]);
  });

  it('of a file of another name are images', async () => {
    writeFiles(path, { 'anna.bin': record(1)(1) });
    await makeCopies(path('anna.bin'), path('out'), SECRET);
    expect(filesIn(path('out'))).to.deep.equal(['images.bin']);
  });
});
