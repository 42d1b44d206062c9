import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { withLabels } from '../../src/node/data/labelledImages.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { pixelsAt } from '../../src/node/data/pixels.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { tarOf, zipOf } from './dataArchives.ts';
import { firsts, idx, png, writeFiles } from './dataFiles.ts';

/** Names of files and what they hold: two classes with a picture or two, and things that are none. */
const pictures = async (): Promise<Record<string, Buffer>> => ({
  'set/dogs/b.png': await png(30),
  'set/cats/a.png': await png(10),
  'set/cats/c.PNG': await png(20),
  'set/cats/._c.png': Buffer.from('of macOS'),
  'set/readme.txt': Buffer.from('two classes'),
});

describe('openImages', () => {
  const path = scratchFolder();
  const write = (files: Readonly<Record<string, Uint8Array>>): void => writeFiles(path, files);

  it('reads a folder of images, its folders as classes', async () => {
    write(await pictures());
    const images = await openImages(path('set'));
    expect(images).to.deep.include({ count: 3, imageShape: [4, 4, 3], classes: ['cats', 'dogs'], labels: [0, 0, 1] });
    expect(firsts(images)).to.deep.equal([10, 20, 30]);
    expect(images.pixels(2)[0]).to.be.closeTo(30 / 127.5 - 1, 1e-6);
  });

  it('reads a flat folder, without classes', async () => {
    write({ 'b.png': await png(2), 'a.png': await png(1) });
    const images = await openImages(path());
    expect(firsts(images)).to.deep.equal([1, 2]);
    expect(images).to.not.have.any.keys('labels', 'classes');
  });

  it('takes the part that was asked for, where there are parts', async () => {
    const files = {
      'train/x/1.png': await png(1),
      'train/y/2.png': await png(2),
      'val/x/3.png': await png(3),
      'val/y/4.png': await png(4),
    };
    write(files);
    for (const place of [path(), path('all.tar')]) {
      if (place.endsWith('.tar')) writeFileSync(place, tarOf(files));
      expect(firsts(await openImages(place))).to.deep.equal([1, 2]);
      const test = await openImages(place, { part: 'test' });
      expect([firsts(test), test.classes]).to.deep.equal([
        [3, 4],
        ['x', 'y'],
      ]);
    }
  });

  const archives: readonly [name: string, pack: (files: Record<string, Buffer>) => Buffer][] = [
    ['tar', tarOf],
    ['tar.gz', (files) => gzipSync(tarOf(files))],
    ['zip', (files) => zipOf(files, 'stored')],
    ['zip, deflated', (files) => zipOf(files, 'deflated')],
  ];
  for (const [name, pack] of archives) {
    it(`knows a ${name} by its contents and reads the same as from a folder`, async () => {
      const files = await pictures();
      const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
      write(files);
      writeFileSync(path('archive'), pack(sorted));
      expect((await openImages(path('archive'))).digest).to.equal((await openImages(path('set'))).digest);
    });

    it(`refuses a ${name} that breaks off`, async () => {
      const bytes = pack(await pictures());
      writeFileSync(path('archive'), bytes.subarray(0, Math.floor(bytes.length * 0.4)));
      expect(await rejection(openImages(path('archive')))).to.have.property('code', 'bad-archive');
    });
  }

  it('reads classes that lie beside their images, as in WebDataset', async () => {
    const files = {
      '0.png': await png(1),
      '0.cls': Buffer.from('7'),
      '1.cls': Buffer.from('10'),
      '1.png': await png(2),
    };
    writeFileSync(path('shard.tar'), tarOf(files));
    expect(await openImages(path('shard.tar'))).to.deep.include({ classes: ['7', '10'], labels: [0, 1] });
  });

  it('reads IDX, in the layout of MNIST or as single files, compressed or not', async () => {
    const pixels = Array.from({ length: 12 }, (_, i) => i);
    write({
      'train-images-idx3-ubyte.gz': gzipSync(idx([3, 2, 2], pixels)),
      'train-labels-idx1-ubyte': idx([3], [1, 0, 1]),
      'mine-images-idx3-ubyte': idx([3, 2, 2], pixels),
      'mine-labels-idx1-ubyte': idx([3], [1, 0, 1]),
      alone: idx([3, 2, 2], pixels),
    });
    const whole = await openImages(path());
    expect(whole).to.deep.include({ imageShape: [2, 2, 1], labels: [1, 0, 1], classes: ['0', '1'] });
    expect([...whole.bytes]).to.deep.equal(pixels);
    expect((await openImages(path('mine-images-idx3-ubyte'))).digest).to.equal(whole.digest);
    expect(await openImages(path('alone'))).to.not.have.property('labels');
  });

  for (const [kind, head, label] of [
    ['CIFAR-10', [3], 3],
    ['CIFAR-100', [1, 42], 42],
  ] as const) {
    it(`reads ${kind}, whose colours are planes`, async () => {
      const planes = Buffer.concat([1, 2, 3].map((value) => Buffer.alloc(1024, value)));
      const file = kind === 'CIFAR-10' ? 'data_batch_1.bin' : 'train.bin';
      write({ [file]: Buffer.concat([Buffer.from(head), planes, Buffer.from(head), planes]) });
      for (const place of [path(), path(file)]) {
        const images = await openImages(place);
        expect(images).to.deep.include({ count: 2, imageShape: [32, 32, 3], labels: [label, label] });
        expect([...images.bytes.subarray(0, 6)]).to.deep.equal([1, 2, 3, 1, 2, 3]);
      }
    });
  }

  it('refuses another size unless it is told how to adapt it', async () => {
    write({ 'a.png': await png(200), 'b.png': await png(200, { width: 8, height: 4 }) });
    const error = await rejection(openImages(path()));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'wrong-image-size');
    expect(error.message).to.match(/b\.png is 8 x 4, wanted is 4 x 4.*pad.*resize/);
    const rows = async (fit: 'pad' | 'resize'): Promise<number[]> => {
      const { bytes } = await openImages(path(), { size: [4, 4], fit });
      return Array.from({ length: 4 }, (_, row) => bytes[4 * 4 * 3 + row * 4 * 3] as number);
    };
    expect(await rows('pad')).to.deep.equal([0, 200, 200, 0]);
    expect(await rows('resize')).to.deep.equal([200, 200, 200, 200]);
  });

  it('pads a small image without changing its pixels, and turns colours to what is asked for', async () => {
    write({ 'a.png': await png(77, { width: 2, height: 2, channels: 1 }), 'b.png': await png(255, { channels: 4 }) });
    const { bytes, imageShape } = await openImages(path(), { size: [4, 4], channels: 3, fit: 'pad' });
    expect(imageShape).to.deep.equal([4, 4, 3]);
    const red = Array.from({ length: 16 }, (_, i) => bytes[i * 3]);
    expect(red).to.deep.equal([0, 0, 0, 0, 0, 77, 77, 0, 0, 77, 77, 0, 0, 0, 0, 0]);
    expect((await openImages(path(), { size: [4, 4], channels: 1, fit: 'pad' })).imageShape).to.deep.equal([4, 4, 1]);
  });

  it('adapts raw images like files', async () => {
    write({ 'train-images-idx3-ubyte': idx([1, 2, 2], [9, 9, 9, 9]), 'train-labels-idx1-ubyte': idx([1], [0]) });
    const { bytes } = await openImages(path(), { size: [4, 4], channels: 1, fit: 'pad' });
    expect([...bytes]).to.deep.equal([0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 0, 0, 0]);
    const error = await rejection(openImages(path('train-images-idx3-ubyte'), { size: [4, 4] }));
    expect(error).to.have.property('code', 'wrong-image-size');
    expect(error.message).to.match(/^train-images-idx3-ubyte, image 0 is 2 x 2, wanted is 4 x 4/);
  });

  it('skips what cannot be read and lists it, up to a limit', async () => {
    write({ 'a.png': await png(1), 'b.png': Buffer.from('no image'), 'c.png': (await png(2)).subarray(0, 60) });
    const { count, skipped } = await openImages(path(), { maxUnreadable: 2 });
    expect(count).to.equal(1);
    expect(skipped.map(({ name }) => name)).to.deep.equal(['b.png', 'c.png']);
    const error = await rejection(openImages(path(), { maxUnreadable: 1 }));
    expect(error).to.have.property('code', 'too-many-unreadable');
    expect(error.message).to.include('b.png');
  });

  const refusals: readonly [title: string, bytes: Buffer, code: string, words: RegExp][] = [
    ['text', Buffer.from('hello, world'), 'not-a-dataset', /IDX.*CIFAR.*tar/],
    ['nothing', Buffer.alloc(0), 'not-a-dataset', /IDX/],
    ['xz', Buffer.from('\xfd7zXZ\0....', 'latin1'), 'unsupported-archive', /xz --decompress/],
    ['a tar of no images', tarOf({ 'a.txt': Buffer.from('x') }), 'not-a-dataset', /no image/],
  ];
  for (const [title, bytes, code, words] of refusals) {
    it(`refuses ${title} in one clear line`, async () => {
      writeFileSync(path('file'), bytes);
      const error = await rejection(openImages(path('file')));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
      expect(error.message).to.match(words).and.not.include('\n');
    });
  }

  it('hands out chosen images as numbers in [0, 1]', () => {
    const images = imageSet({ bytes: Uint8Array.from({ length: 18 }, (_, i) => i), imageShape: [2, 3, 1] });
    const pixels = [...pixelsAt(images, [2, 0])].map((pixel) => Math.round(pixel * 255));
    expect(pixels).to.deep.equal([12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5]);
  });

  it('hands out images as labelled only if they are', () => {
    const parts = { bytes: new Uint8Array(2), imageShape: [1, 1, 1] } as const;
    const labelled = imageSet({ ...parts, labels: [0, 1], classes: ['cat', 'dog'] });
    expect(withLabels(labelled, 'here')).to.equal(labelled);
    expect(() => withLabels(imageSet(parts), 'here'))
      .to.throw(ArgumentError, /of here have no labels/)
      .with.property('code', 'no-labels');
  });

  it('refuses a place that is not there, and a folder without images', async () => {
    expect(await rejection(openImages(path('absent')))).to.have.property('code', 'no-such-dataset');
    expect(await rejection(openImages(path()))).to.have.property('code', 'not-a-dataset');
  });
});

describeShared('Fashion-MNIST by its folder', 'data/fashion-mnist', () => {
  it('has 10,000 test images of ten classes', async () => {
    const images = await openImages(shared('data/fashion-mnist'), { part: 'test' });
    expect(images).to.deep.include({ count: 10_000, imageShape: [28, 28, 1] });
    expect(images.classes).to.have.length(10);
  });
});
