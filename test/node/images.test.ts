import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { readImage, writePng } from '../../src/node/images.ts';
import { checkWritable, writeWhole } from '../../src/node/output.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { largestDifference } from '../support/tensors.ts';

const GREY = [2, 3, 1] as const;
const COLOUR = [2, 3, 3] as const;
const levels = (count: number, most: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round((i * most) / (count - 1)));

/** A 2 x 3 picture of so many channels, every value of which is another one. */
const picture = (channels: 1 | 3 | 4, depth: 'uchar' | 'ushort' = 'uchar') => {
  const values = levels(6 * channels, depth === 'uchar' ? 255 : 65535);
  const data = depth === 'uchar' ? Uint8Array.from(values) : Uint16Array.from(values);
  const spaces = depth === 'uchar' ? { grey: 'b-w', colour: 'srgb' } : { grey: 'grey16', colour: 'rgb16' };
  const space = channels === 1 ? spaces.grey : spaces.colour;
  return sharp(data, { raw: { width: 3, height: 2, channels } }).toColourspace(space);
};
const values = (count: number): Float32Array => Float32Array.from(levels(count, 255), (level) => level / 255);

describe('readImage', () => {
  const path = scratchFolder();

  for (const [shape, channels, formats] of [
    [GREY, 1, ['png', 'tiff']], // WebP has no grey images
    [COLOUR, 3, ['png', 'tiff', 'webp']],
  ] as const) {
    for (const format of formats) {
      it(`reads the pixels of a ${format} of ${channels} channels as they are, between 0 and 1`, async () => {
        await picture(channels)
          [format]({ lossless: true, compression: 'none' } as object)
          .toFile(path('image'));
        expect(largestDifference(await readImage(path('image'), shape), values(6 * channels))).to.be.at.most(1e-6);
      });
    }

    it(`keeps all 16 bits of ${channels} channels`, async () => {
      await picture(channels, 'ushort').png().toFile(path('image'));
      const wanted = levels(6 * channels, 65535).map((level) => level / 65535);
      expect(largestDifference(await readImage(path('image'), shape), wanted)).to.be.at.most(1e-6);
    });
  }

  it('reads JPEG', async () => {
    await sharp({ create: { width: 3, height: 2, channels: 3, background: '#ff0000' } })
      .jpeg()
      .toFile(path('image'));
    const [red, green, blue] = await readImage(path('image'), COLOUR);
    expect([red, green, blue].map((value) => Math.round(value ?? Number.NaN))).to.deep.equal([1, 0, 0]);
  });

  it('turns a photograph upright', async () => {
    await picture(3).withMetadata({ orientation: 6 }).png().toFile(path('image'));
    const upright = await readImage(path('image'), [3, 2, 3]);
    const lying = values(18);
    const wanted = [3, 0, 4, 1, 5, 2].flatMap((n) => [...lying.subarray(3 * n, 3 * n + 3)]);
    expect(largestDifference(upright, wanted)).to.be.at.most(1e-6);
  });

  it('drops an alpha channel that is opaque', async () => {
    await picture(3).ensureAlpha(1).png().toFile(path('image'));
    expect(largestDifference(await readImage(path('image'), COLOUR), values(18))).to.be.at.most(1e-6);
  });

  const refusals: readonly [title: string, code: string, words: RegExp, make: (file: string) => unknown][] = [
    ['a file that is not there', 'no-such-image', /image/, () => undefined],
    ['a text file', 'unreadable-image', /PNG, JPEG/, (file) => writeFileSync(file, 'hello')],
    ['an empty file', 'unreadable-image', /PNG, JPEG/, (file) => writeFileSync(file, '')],
    ['an SVG', 'unreadable-image', /PNG, JPEG/, (file) => writeFileSync(file, '<svg width="3" height="2"/>')],
    [
      'a PNG that ends too early',
      'unreadable-image',
      /image/,
      async (file) => writeFileSync(file, (await picture(3).png().toBuffer()).subarray(0, 60)),
    ],
    [
      'another size',
      'wrong-image-size',
      /5 x 4.*3 x 2.*resize/,
      (file) =>
        sharp({ create: { width: 5, height: 4, channels: 3, background: 'red' } })
          .png()
          .toFile(file),
    ],
  ];
  for (const [title, code, words, make] of refusals) {
    it(`refuses ${title}`, async () => {
      await make(path('image'));
      const error = await rejection(readImage(path('image'), COLOUR));
      expect(error).to.be.an.instanceOf(ArgumentError).with.property('code', code);
      expect(error.message).to.match(words).and.not.include('\n');
    });
  }

  it('refuses a folder', async () => {
    expect(await rejection(readImage(path(), GREY))).to.have.property('code', 'unreadable-image');
  });
});

describe('writePng', () => {
  const path = scratchFolder();

  for (const shape of [GREY, COLOUR]) {
    it(`writes ${shape[2]} channels that read back the same`, async () => {
      const pixels = values(6 * shape[2]);
      await writePng(path('new/image.png'), pixels, shape);
      expect([...(await readImage(path('new/image.png'), shape))]).to.deep.equal([...pixels]);
      expect(readdirSync(path('new'))).to.deep.equal(['image.png']);
    });
  }

  it('clips what is not between 0 and 1', async () => {
    await writePng(path('image.png'), Float32Array.of(-1, 0, 0.2, 1, 1.001, 7), GREY);
    const [low, , , , high] = await readImage(path('image.png'), GREY);
    expect([low, high]).to.deep.equal([0, 1]);
  });
});

describe('output', () => {
  const path = scratchFolder();

  it('may go to a folder that is not there yet, and asking makes nothing', async () => {
    await checkWritable(path('a/b/image.png'));
    expect(existsSync(path('a'))).to.equal(false);
  });

  for (const [title, place] of [
    ['under a file', 'file/image.png'],
    ['where a folder is', ''],
    ['deep under a file', 'file/a/b'],
  ] as const) {
    it(`is refused ${title}, when asked and when written, and nothing is left behind`, async () => {
      writeFileSync(path('file'), 'here before');
      for (const attempt of [() => checkWritable(path(place)), () => writeWhole(path(place), new Uint8Array(3))]) {
        expect(await rejection(attempt()))
          .to.be.an.instanceOf(EnvironmentError)
          .with.property('code', 'bad-output');
      }
      expect(readdirSync(path())).to.deep.equal(['file']);
    });
  }
});
