import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { findData, openData } from '../../examples/classifier/data.ts';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { userCacheFolder } from '../../src/node/cacheFolder.ts';
import { type FileServer, startFiles } from '../support/fileServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';

const png = (value: number): Promise<Buffer> =>
  sharp(Buffer.alloc(48, value), { raw: { width: 4, height: 4, channels: 3 } })
    .png()
    .toBuffer();

const idx = (shape: readonly number[], data: readonly number[]): Buffer => {
  const lengths = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return gzipSync(Buffer.from([0, 0, 8, shape.length, ...lengths, ...data]));
};

/** Two images of 2 x 2 pixels and their labels in each part, in the layout of MNIST. */
const mnist = (labels: readonly number[] = [0, 1]): Record<string, Buffer> => ({
  'train-images-idx3-ubyte.gz': idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
  'train-labels-idx1-ubyte.gz': idx([2], [0, 1]),
  't10k-images-idx3-ubyte.gz': idx([2, 2, 2], [9, 9, 9, 9, 8, 8, 8, 8]),
  't10k-labels-idx1-ubyte.gz': idx([2], labels),
});

/** A binary file of CIFAR-10 with an image of each of some classes. */
const cifar = (classes: readonly number[]): Buffer =>
  Buffer.concat(classes.flatMap((label) => [Buffer.from([label]), Buffer.alloc(3072, 10 * label)]));

describe('the data of the classifier example', () => {
  const path = scratchFolder();
  const downloads = userCacheFolder('fashion-mnist');
  const named = process.env['BOOMERANG_DATA'];
  const write = (files: Readonly<Record<string, Uint8Array>>, folder = path()): string => {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return folder;
  };
  before(function () {
    // where the system does not let tests choose the cache, it may hold somebody's download
    if (!downloads.startsWith(process.env['XDG_CACHE_HOME'] as string)) this.skip();
  });
  beforeEach(() => {
    delete process.env['BOOMERANG_DATA'];
  });
  afterEach(() => {
    rmSync(downloads, { recursive: true, force: true });
    if (named === undefined) delete process.env['BOOMERANG_DATA'];
    else process.env['BOOMERANG_DATA'] = named;
  });

  it('takes the named place, else $BOOMERANG_DATA, else an earlier download, else nothing', () => {
    expect(findData()).to.equal(undefined);
    write({ 'train-images-idx3-ubyte.gz': Buffer.from('') }, downloads);
    expect(findData(), 'a download that was broken off').to.equal(undefined);
    write(mnist(), downloads);
    expect(findData()).to.equal(downloads);
    process.env['BOOMERANG_DATA'] = path('set');
    expect(findData()).to.equal(path('set'));
    expect(findData(path('named'))).to.equal(path('named'));
  });

  it('opens an earlier download without a network, and says where it lies', async () => {
    write(mnist(), downloads);
    const { train, test, source } = await openData();
    expect([...train.bytes, ...test.bytes]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 8, 8, 8, 8]);
    expect([train.labels, test.classes, source]).to.deep.equal([[0, 1], ['0', '1'], downloads]);
  });

  it('opens the binary files of CIFAR-10', async () => {
    const data = write({ 'data_batch_1.bin': cifar([3, 9]), 'test_batch.bin': cifar([5]) });
    const { train, test } = await openData({ data });
    expect([train.labels, test.labels]).to.deep.equal([[3, 9], [5]]);
    expect(train.classes).to.have.length(10).and.deep.equal(test.classes);
    expect(test).to.deep.include({ count: 1, imageShape: [32, 32, 3] });
  });

  it('opens a folder of images', async () => {
    const data = write({
      'train/cat/1.png': await png(1),
      'train/dog/2.png': await png(2),
      'test/cat/3.png': await png(3),
      'test/dog/4.png': await png(4),
    });
    const { train, test } = await openData({ data });
    expect([train.bytes[0], test.bytes[0], test.bytes[48]]).to.deep.equal([1, 3, 4]);
    expect([train.classes, test.labels]).to.deep.equal([
      ['cat', 'dog'],
      [0, 1],
    ]);
  });

  const refused = async (files: Record<string, Buffer>, code: string): Promise<string> => {
    const error = await rejection(openData({ data: write(files) }));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
    expect(error.message).to.not.include('\n');
    return error.message;
  };

  it('names both remedies when there is nothing', async () => {
    const error = await rejection(openData());
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'no-data');
    expect(error.message)
      .to.match(/--data DIR.*BOOMERANG_DATA.*--download/)
      .and.not.include('\n');
  });

  it('refuses images without labels', async () => {
    const files = { 'train/1.png': await png(1), 'test/2.png': await png(2) };
    expect(await refused(files, 'no-labels')).to.include(path());
  });

  it('refuses to test on the images that it trains on', async () => {
    await refused({ 'cat/1.png': await png(1), 'dog/2.png': await png(2) }, 'no-test-part');
  });

  it('refuses a class that one part lacks', async () => {
    expect(await refused(mnist([0, 0]), 'other-classes')).to.include('"1"');
  });

  it('refuses test images of another size', async () => {
    await refused({ ...mnist(), 't10k-images-idx3-ubyte.gz': idx([2, 1, 2], [1, 2, 3, 4]) }, 'wrong-image-size');
  });

  it('refuses a place that is not there, whatever else there is', async () => {
    write(mnist(), downloads);
    expect(await rejection(openData({ data: path('absent') }))).to.have.property('code', 'no-such-dataset');
  });

  describe('that are to be downloaded', () => {
    let server: FileServer;
    beforeEach(async () => {
      server = await startFiles(new Map(Object.entries(mnist())));
    });
    afterEach(() => server.close());

    it('are not asked for unless that was asked for', async () => {
      await rejection(openData({ base: server.base }));
      expect(server.asked).to.deep.equal([]);
    });

    it('are refused when they are not those that were published', async () => {
      const error = await rejection(openData({ download: true, base: server.base }));
      expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'cannot-download');
      expect(error.message)
        .to.match(/26421880 were promised/)
        .and.include(downloads);
      expect(readdirSync(downloads)).to.deep.equal([]);
    });

    it('are not mixed with those of a place that was named', async () => {
      const error = await rejection(openData({ download: true, base: server.base, data: path() }));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'data-or-download');
    });
  });
});

describeShared('Fashion-MNIST as the classifier example opens it', 'data/fashion-mnist', () => {
  it('has 60,000 training and 10,000 test images, 6,000 and 1,000 of each class', async () => {
    const { train, test } = await openData({ data: shared('data/fashion-mnist') });
    const counts = (labels: readonly number[] = []): number[] =>
      Array.from({ length: 10 }, (_, label) => labels.filter((other) => other === label).length);
    expect(counts(train.labels)).to.deep.equal(Array(10).fill(6000));
    expect(counts(test.labels)).to.deep.equal(Array(10).fill(1000));
  });
});
