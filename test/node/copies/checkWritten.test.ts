import { expect } from 'chai';
import sharp from 'sharp';
import { blocksOf, surplusBlocks } from '../../../src/node/copies/blocks/blocks.ts';
import { checkWritten, type Expected } from '../../../src/node/copies/checkWritten.ts';
import { encode } from '../../../src/node/copies/encode.ts';
import type { CopyFormat } from '../../../src/node/copies/formats.ts';
import { type Changed, markOf } from '../../../src/node/copies/mark.ts';
import { uniformStream } from '../../../src/random.ts';
import { rejection } from '../../support/scratch.ts';
import { dirty, FORMATS, SECRET, soft } from './dirty.ts';

const BASE = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
const CHANGED: readonly Changed[] = ['whole', 'regions', 'nothing'];

const noise = (count: number): Uint8Array => {
  const next = uniformStream(['noise']);
  return Uint8Array.from({ length: count }, () => 256 * next());
};

const picture = (channels: 1 | 3, phase = 0) => ({
  bytes: soft(24, 32, channels, phase),
  shape: [24, 32, channels] as const,
});
const expected = (format: CopyFormat, channels: 1 | 3, changed: Changed): Expected => ({
  name: 'a',
  format,
  image: picture(channels),
  mark: markOf(changed),
});

/** A TIFF that is to be shown on its side: tag 274, of the type 3, one of them. */
const turned = (file: Buffer): Buffer => {
  const at = file.indexOf(Buffer.from([0x12, 1, 3, 0, 1, 0, 0, 0]));
  file.writeUInt16LE(6, at + 8);
  return file;
};

/** Blocks that files may have besides their pixels, each once. */
const CLEAN: Readonly<Record<CopyFormat, readonly string[]>> = {
  png: ['IHDR', 'pHYs', 'IDAT', 'IEND'],
  jpeg: ['marker db', 'marker c0', 'marker c4', 'marker da'],
  webp: ['VP8', 'VP8X'],
  tiff: [256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 339].map((tag) => `tag ${tag}`),
  avif: 'ftyp,meta,hdlr,iloc,iinf,item av01,pitm,iprp,ipco,av1C,ispe,pixi,ipma,iref,mdat'.split(','),
};

describe('a written copy', () => {
  for (const format of FORMATS) {
    for (const channels of [1, 3] as const) {
      for (const changed of CHANGED) {
        it(`has its pixels and its mark and nothing else: ${format}, ${channels} channels, changed: ${changed}`, async () => {
          const wanted = expected(format, channels, changed);
          const bytes = await encode(wanted.image, format, wanted.mark);
          await checkWritten(bytes, wanted);
          const blocks = new Set(blocksOf(format, bytes));
          expect(blocks.delete('xmp')).to.equal(changed !== 'nothing');
          expect(CLEAN[format]).to.include.members([...blocks]);
          const { xmpAsString = '', exif, icc, iptc } = await sharp(bytes).metadata();
          expect([exif, icc, iptc]).to.deep.equal([undefined, undefined, undefined]);
          const kinds = { whole: 'trainedAlgorithmicMedia', regions: 'compositeWithTrainedAlgorithmicMedia' };
          if (changed === 'nothing') expect(xmpAsString).to.equal('');
          else expect(xmpAsString).to.include(`DigitalSourceType>${BASE}${kinds[changed]}<`);
        });
      }
    }

    it(`is the same file for the same pixels: ${format}`, async () => {
      const files = await Promise.all([1, 2].map(() => encode(picture(3), format, markOf('whole'))));
      expect(files[0]?.equals(files[1] as Buffer)).to.equal(true);
    });

    const faults: readonly [title: string, bytes: () => Promise<Uint8Array>, words: RegExp][] = [
      ['metadata of all kinds', () => dirty(format), /which may tell of the original/],
      ['XMP that is not the mark', () => encode(picture(3), format, markOf('regions')), /other XMP/],
      ['no mark', () => encode(picture(3), format), /0 packets of XMP/],
      ['another picture', () => encode(picture(3, 1), format, markOf('whole')), /its pixels are others/],
      [
        'another shape',
        () => encode({ ...picture(3), shape: [32, 24, 3] }, format, markOf('whole')),
        /it is \[32, 24, 3\]/,
      ],
      ['half of its bytes', async () => (await encode(picture(3), format, markOf('whole'))).subarray(0, 300), /./],
      ['nothing', async () => new Uint8Array(), /./],
    ];
    for (const [title, bytes, words] of faults) {
      it(`is refused in one line with ${title}: ${format}`, async () => {
        const error = await rejection(checkWritten(await bytes(), expected(format, 3, 'whole')));
        expect(error).to.have.property('code', 'bad-copy');
        expect(error.message).to.match(words).and.not.include('\n');
      });
    }
  }

  for (const format of ['png', 'jpeg', 'webp'] as const) {
    it(`is refused with bytes behind its end: ${format}`, async () => {
      const wanted = expected(format, 3, 'nothing');
      const bytes = Buffer.concat([await encode(wanted.image, format), Buffer.from(SECRET)]);
      expect((await rejection(checkWritten(bytes, wanted))).message).to.match(/bytes behind its end/);
    });
  }

  for (const format of FORMATS) {
    for (const other of FORMATS.filter((one) => one !== format)) {
      it(`is refused in another format: ${other} for ${format}`, async () => {
        const bytes = await encode(picture(3), other);
        expect(await rejection(checkWritten(bytes, expected(format, 3, 'nothing')))).to.have.property(
          'code',
          'bad-copy',
        );
      });
    }
  }

  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    it(`loses little, even of noise: ${format}`, async () => {
      const distance = async (channels: 1 | 3): Promise<number> => {
        const bytes = noise(64 * 64 * channels);
        const file = await encode({ bytes, shape: [64, 64, channels] }, format);
        const decoded = await sharp(file)
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .raw()
          .toBuffer();
        return Math.sqrt(decoded.reduce((sum, byte, i) => sum + (byte - (bytes[i] as number)) ** 2, 0) / bytes.length);
      };
      expect(await distance(1)).to.be.below(3);
      if (format !== 'webp') expect(await distance(3), 'colours, which WebP halves').to.be.below(8);
    });
  }

  const broken: readonly [title: string, format: CopyFormat, from: string, to: string, words: RegExp][] = [
    ['a byte between its markers', 'jpeg', '\xff\xd8', '\xff\xd8.', /byte 2 begins no marker/],
    ['a box without end', 'avif', '\x1cftyp', '\0ftyp', /has a length of 0/],
    ['a box that ends behind it', 'avif', '\0ipma', '\x7fipma', /has a length of 127/],
  ];
  for (const [title, format, from, to, words] of broken) {
    it(`is refused with ${title}: ${format}`, async () => {
      const text = (await encode(picture(3), format)).toString('latin1');
      const at = title.includes('ends') ? text.indexOf('ipma') - 1 : text.indexOf(from);
      const bytes = Buffer.from(`${text.slice(0, at)}${to}${text.slice(at + from.length)}`, 'latin1');
      expect((await rejection(checkWritten(bytes, expected(format, 3, 'nothing')))).message).to.match(words);
    });
  }

  const raw = { width: 32, height: 24, channels: 3 } as const;
  const image = () => sharp(soft(24, 32, 3), { raw });
  const pages = async () => [await image().png().toBuffer(), await image().png().toBuffer()];
  const shapes: readonly [title: string, format: CopyFormat, bytes: () => Promise<Buffer>, words: RegExp][] = [
    ['an alpha channel', 'png', () => image().ensureAlpha(1).png().toBuffer(), /alpha channel/],
    ['an alpha channel', 'webp', () => image().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(), /alpha channel/],
    ['a turn', 'tiff', async () => turned(await encode(picture(3), 'tiff')), /turned/],
    [
      'another page',
      'tiff',
      async () =>
        sharp(await pages(), { join: { animated: true } })
          .tiff()
          .toBuffer(),
      /page/,
    ],
  ];
  for (const [title, format, bytes, words] of shapes) {
    it(`is refused with ${title}: ${format}`, async () => {
      const error = await rejection(checkWritten(await bytes(), expected(format, 3, 'nothing')));
      expect(error).to.have.property('code', 'bad-copy');
      expect(error.message).to.match(words);
    });
  }
});

describe('the blocks of a file', () => {
  /** What is found of what was put in. */
  const FOUND: Readonly<Record<CopyFormat, readonly string[]>> = {
    png: ['eXIf', 'iCCP', 'tEXt', 'zTXt'],
    jpeg: ['APP1', 'APP2', 'comment', 'xmp', 'bytes behind its end'],
    webp: ['EXIF', 'ICCP', 'xmp'],
    tiff: ['tag 270', 'tag 34853', 'tag 34675', 'xmp'],
    avif: ['item Exif', 'colr rICC', 'xmp'],
  };
  for (const format of FORMATS) {
    it(`name all that tells more than an image needs: ${format}`, async () => {
      expect(surplusBlocks(format, await dirty(format))).to.include.members([...FOUND[format]]);
    });
  }
});
