import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import { fitImage } from '../../src/node/data/fitImage.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { readImage, toBytes } from '../../src/node/images.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { bmp } from './bmpFile.ts';

const [HEIGHT, WIDTH] = [5, 6];

/** A picture in which no two values are equal, of 8 or 16 bits. */
const picture = (channels: 1 | 2 | 3 | 4, isWide = false) => {
  const count = HEIGHT * WIDTH * channels;
  const levels = Array.from({ length: count }, (_, i) => Math.round((i * (isWide ? 65535 : 255)) / (count - 1)));
  const raw = { width: WIDTH, height: HEIGHT, channels };
  const spaces = isWide ? ['grey16', 'rgb16'] : ['b-w', 'srgb'];
  return sharp(isWide ? Uint16Array.from(levels) : Uint8Array.from(levels), { raw }).toColourspace(
    spaces[channels < 3 ? 0 : 1] as string,
  );
};
const bytesOf = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) % 256);

const FILES: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  'grey.png': () => picture(1).png().toBuffer(),
  'colour.png': () => picture(3).png().toBuffer(),
  'palette.png': () => picture(3).png({ palette: true, colours: 8 }).toBuffer(),
  'grey-alpha.png': () => picture(2).png().toBuffer(),
  'colour-alpha.png': () => picture(4).png().toBuffer(),
  'opaque.png': () => picture(3).ensureAlpha(1).png().toBuffer(),
  'grey-16.png': () => picture(1, true).png().toBuffer(),
  'colour-16.png': () => picture(3, true).png().toBuffer(),
  'colour-alpha-16.png': () => picture(4, true).png().toBuffer(),
  'grey-16.tif': () => picture(1, true).tiff({ compression: 'none' }).toBuffer(),
  'colour-16.tiff': () => picture(3, true).tiff({ compression: 'lzw' }).toBuffer(),
  'one-bit.tif': () => picture(1).threshold(128).tiff({ bitdepth: 1 }).toBuffer(),
  'cmyk.jpg': () => picture(3).toColourspace('cmyk').jpeg().toBuffer(),
  'cmyk.tif': () => picture(3).toColourspace('cmyk').tiff({ compression: 'none' }).toBuffer(),
  'grey.jpg': () => picture(1).jpeg().toBuffer(),
  'colour.jfif': () => picture(3).jpeg().toBuffer(),
  'turned.jpg': () => picture(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  'turned-16.png': () => picture(3, true).withMetadata({ orientation: 3 }).png().toBuffer(),
  'colour.webp': () => picture(3).webp({ lossless: true }).toBuffer(),
  'colour.gif': () => picture(3).gif().toBuffer(),
  'colour.avif': () => picture(3).avif({ lossless: true }).toBuffer(),
  'colour-24.bmp': () => bmp({ width: WIDTH, height: HEIGHT, bits: 24 }, bytesOf(HEIGHT * WIDTH * 3)),
  'colour-32.bmp': () => bmp({ width: WIDTH, height: HEIGHT, bits: 32 }, bytesOf(HEIGHT * WIDTH * 3)),
  'palette.bmp': () => bmp({ width: WIDTH, height: HEIGHT, bits: 8 }, bytesOf(HEIGHT * WIDTH * 3)),
  'upside-down.bmp': () => bmp({ width: WIDTH, height: -HEIGHT, bits: 24 }, bytesOf(HEIGHT * WIDTH * 3)),
};

describe('an image', () => {
  const path = scratchFolder();
  const write = (name: string, bytes: Uint8Array): void => {
    mkdirSync(path('set'), { recursive: true });
    writeFileSync(path(`set/${name}`), bytes);
  };

  for (const [name, make] of Object.entries(FILES)) {
    for (const channels of [1, 3] as const) {
      for (const fit of ['exact', 'pad', 'resize'] as const) {
        it(`is the same by itself and in a data set: ${name}, ${channels} channels, fit ${fit}`, async () => {
          write(name, await make());
          const upright = (await openImages(path('set'))).imageShape;
          const size = fit === 'exact' ? ([upright[0], upright[1]] as const) : ([4, 4] as const);
          const { bytes, imageShape, skipped } = await openImages(path('set'), { size, channels, fit });
          expect([imageShape, skipped]).to.deep.equal([[...size, channels], []]);
          const alone = await readImage(path(`set/${name}`), imageShape, { fit });
          expect([...toBytes(alone)]).to.deep.equal([...bytes]);
        });
      }
    }
  }

  it('has the pixels of its BMP', async () => {
    const wanted = bytesOf(HEIGHT * WIDTH * 3);
    for (const name of ['colour-24.bmp', 'colour-32.bmp', 'palette.bmp', 'upside-down.bmp']) {
      const file = await FILES[name]?.();
      writeFileSync(path(name), file as Buffer);
      expect([...toBytes(await readImage(path(name), [HEIGHT, WIDTH, 3]))], name).to.deep.equal([...wanted]);
    }
  });

  it('is scaled by its own depth: the lightest of 1, 8 and 16 bits are all white', async () => {
    const white = sharp(new Uint16Array(4).fill(65535), { raw: { width: 2, height: 2, channels: 1 } });
    const files: Readonly<Record<string, Buffer>> = {
      '16': await white.clone().toColourspace('grey16').png().toBuffer(),
      '8': await sharp(Buffer.alloc(4, 255), { raw: { width: 2, height: 2, channels: 1 } })
        .png()
        .toBuffer(),
      '1': await sharp(Buffer.alloc(4, 255), { raw: { width: 2, height: 2, channels: 1 } })
        .toColourspace('b-w')
        .tiff({ bitdepth: 1 })
        .toBuffer(),
    };
    for (const [name, bytes] of Object.entries(files)) {
      write(`${name}.png`, bytes);
      expect([...(await readImage(path(`set/${name}.png`), [2, 2, 1]))], name).to.deep.equal([1, 1, 1, 1]);
    }
    expect([...(await openImages(path('set'), { channels: 1 })).bytes]).to.deep.equal(Array(12).fill(255));
  });

  for (const profile of ['srgb', undefined]) {
    it(`keeps its colours where they are sRGB, in 16 bits too: profile ${profile}`, async () => {
      const values = Uint16Array.from({ length: 48 }, (_, i) => [51400, 25700, 12850][i % 3] as number);
      const image = sharp(values, { raw: { width: 4, height: 4, channels: 3 } }).toColourspace('rgb16');
      const content = await (profile ? image.withIccProfile(profile) : image).png().toBuffer();
      const plain = sharp(content, { ignoreIcc: true }).toColourspace('rgb16').raw({ depth: 'ushort' });
      const stored = new Uint16Array(new Uint8Array(await plain.toBuffer()).buffer);
      const found = await fitImage({ name: 'wide', content }, { size: undefined, channels: undefined, fit: 'exact' });
      for (const [n, value] of stored.entries()) expect(found.values[n]).to.be.closeTo(value, 300);
    });
  }

  it('is on white where it is transparent, and people are told', async () => {
    write(
      'a.png',
      await sharp({ create: { width: 2, height: 2, channels: 4, background: '#ff000000' } })
        .png()
        .toBuffer(),
    );
    const { bytes, notes } = await openImages(path('set'));
    expect([...bytes]).to.deep.equal(Array(12).fill(255));
    expect(notes).to.deep.equal(['1 of 1 images: what was transparent was made white']);
    expect((await openImages(path('set'), { channels: 1 })).notes[0]).to.match(/colour was made grey/);
  });

  const refusals: readonly [title: string, make: () => Promise<Buffer> | Buffer, code: string, words: RegExp][] = [
    [
      'floats',
      () => picture(1).toColourspace('b-w').raw({ depth: 'float' }).toBuffer().then(floatTiff),
      'unsupported-depth',
      /float/,
    ],
    ['a BMP of 4 bits', () => bmp({ width: 4, height: 4, bits: 4 as 8 }, bytesOf(48)), 'unsupported-depth', /4 bits/],
    [
      'a BMP that ends too early',
      () => bmp({ width: 4, height: 4, bits: 24 }, bytesOf(48)).subarray(0, -1),
      'unreadable-image',
      /need \d+ bytes, there are/,
    ],
    [
      'a BMP with a lie for a size',
      () => lying(bmp({ width: 4, height: 4, bits: 24 }, bytesOf(48))),
      'unreadable-image',
      /is the most/,
    ],
  ];
  for (const [title, make, code, words] of refusals) {
    it(`is refused: ${title}`, async () => {
      write('a.png', await make());
      const error = await rejection(readImage(path('set/a.png'), [4, 4, 1]));
      expect(error).to.have.property('code', code);
      expect(error.message).to.match(words).and.not.include('\n');
      expect((await rejection(openImages(path('set')))).message).to.match(words);
    });
  }

  it('is refused for a model of other channels than images have', async () => {
    write('a.png', await picture(4).png().toBuffer());
    const error = await rejection(readImage(path('set/a.png'), [HEIGHT, WIDTH, 4]));
    expect(error).to.have.property('code', 'wrong-image-channels');
  });
});

describeShared('a TIFF of floats', 'cases/img/gf32.tif', () => {
  it('is refused by its depth', async () => {
    const error = await rejection(readImage(shared('cases/img/gf32.tif'), [28, 28, 1]));
    expect(error).to.have.property('code', 'unsupported-depth');
  });
});

const lying = (bytes: Buffer): Buffer => {
  bytes.writeInt32LE(2 ** 30, 18);
  return bytes;
};

/** A TIFF of 32-bit floats, which sharp does not write. @see Adobe, "TIFF Revision 6.0", section 19 */
const floatTiff = (values: Buffer): Buffer => {
  const tags = [
    [256, WIDTH],
    [257, HEIGHT],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, HEIGHT],
    [279, values.length],
    [339, 3],
  ];
  const head = Buffer.alloc(8);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8 + values.length, 4);
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length, 0);
  for (const [n, [tag = 0, value = 0]] of tags.entries()) {
    directory.writeUInt16LE(tag, 2 + 12 * n);
    directory.writeUInt16LE(4, 4 + 12 * n);
    directory.writeUInt32LE(1, 6 + 12 * n);
    directory.writeUInt32LE(value, 10 + 12 * n);
  }
  return Buffer.concat([head, values, directory]);
};
