import type { CopyFormat } from '../formats.ts';
import { avifBlocks } from './avif.ts';
import { jpegBlocks } from './jpeg.ts';
import { pngBlocks } from './png.ts';
import { tiffBlocks } from './tiff.ts';
import { webpBlocks } from './webp.ts';

type Walk = { readonly walk: (file: Buffer) => string[]; readonly needed: readonly string[] };

/** Of each format, how its blocks are found, and which of them an image needs: all others tell something more. */
const WALKS: Readonly<Record<CopyFormat, Walk>> = {
  png: { walk: pngBlocks, needed: ['IHDR', 'pHYs', 'IDAT', 'IEND'] },
  jpeg: { walk: jpegBlocks, needed: ['db', 'c0', 'c2', 'c4', 'dd', 'da'].map((code) => `marker ${code}`) },
  webp: { walk: webpBlocks, needed: ['VP8X', 'VP8', 'VP8L'] },
  tiff: {
    walk: tiffBlocks,
    // size, depth, compression, colours, strips, resolution, planes, predictor, kind of number
    needed: [256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 339].map((tag) => `tag ${tag}`),
  },
  avif: {
    walk: (file) => avifBlocks(file),
    needed: [
      ...['ftyp', 'meta', 'hdlr', 'iloc', 'iinf', 'item av01', 'pitm', 'iprp', 'ipco', 'av1C', 'ispe', 'pixi'],
      ...['colr nclx', 'ipma', 'iref', 'mdat'],
    ],
  },
};

/**
 * The blocks of a file of an image by their names, `xmp` for that of XMP, whatever they are called in the format.
 *
 * @throws Error for a file that is not of its format.
 */
export const blocksOf = (format: CopyFormat, file: Uint8Array): string[] =>
  WALKS[format].walk(Buffer.from(file.buffer, file.byteOffset, file.length));

/** The blocks that tell more than an image needs: metadata, comments, profiles, other pages, bytes that nobody asked for. */
export const surplusBlocks = (format: CopyFormat, file: Uint8Array): string[] =>
  blocksOf(format, file).filter((name) => !WALKS[format].needed.includes(name));
