import { ArgumentError } from '../../errors.ts';
import type { RawImage } from './source.ts';

/** What the header of a BMP says. */
type Header = {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: 8 | 24 | 32;
  /** Where the pixels begin, and how long a row of them is. */
  readonly start: number;
  readonly stride: number;
  /** Where the palette of images of 8 bits begins, four bytes a colour. */
  readonly palette: number;
};

/**
 * The pixels of a BMP without compression, of 8, 24 or 32 bits, which sharp does not read. What would be an alpha
 * channel is not used, as most programs leave it empty.
 *
 * @throws ArgumentError `unreadable-image`, `unsupported-depth`.
 * @see Microsoft, "Bitmap Storage": BITMAPFILEHEADER, BITMAPINFOHEADER.
 */
export const readBmp = (name: string, bytes: Uint8Array, mostPixels: number): RawImage => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(name, file, mostPixels);
  const { width, height, isTopDown, start, stride } = header;
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y += 1) {
    const row = start + (isTopDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x += 1) {
      const from = colourAt(file, row, { x, header });
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[(y * width + x) * 3 + channel] = file[from + 2 - channel] as number; // blue comes first
      }
    }
  }
  return greyIfGrey({ bytes: pixels, shape: [height, width, 3] });
};

const colourAt = (file: Buffer, row: number, { x, header }: { x: number; header: Header }): number =>
  header.bits === 8 ? header.palette + 4 * (file[row + x] as number) : row + (x * header.bits) / 8;

const readHeader = (name: string, file: Buffer, mostPixels: number): Header => {
  const refuse = (code: string, why: string) => new ArgumentError(code, `cannot read the image ${name}: ${why}`);
  if (file.length < 54) throw refuse('unreadable-image', 'its header ends too early');
  const [start, own, width] = [file.readUInt32LE(10), file.readUInt32LE(14), file.readInt32LE(18)];
  const [rows, bits, packing] = [file.readInt32LE(22), file.readUInt16LE(28), file.readUInt32LE(30)];
  const isPlain = packing === 0 || (packing === 3 && bits === 32 && usualMasks(file));
  if (!isPlain || own < 40 || (bits !== 8 && bits !== 24 && bits !== 32)) {
    const rule = `it is a BMP of ${bits} bits with compression ${packing}; read are 8, 24 and 32 bits without`;
    throw refuse('unsupported-depth', `${rule}; make a PNG of it`);
  }
  const height = Math.abs(rows);
  if (width <= 0 || height === 0 || width * height > mostPixels) {
    throw refuse('unreadable-image', `it would be ${width} x ${height} pixels, and ${mostPixels} is the most`);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const end = start + height * stride;
  if (file.length < end || (bits === 8 && start < 14 + own + 4)) {
    throw refuse('unreadable-image', `${width} x ${height} pixels need ${end} bytes, there are ${file.length}`);
  }
  return { width, height, isTopDown: rows < 0, bits, start, stride, palette: 14 + own };
};

/** Blue, green, red from the lowest byte on. */
const usualMasks = (file: Buffer): boolean =>
  file.length >= 66 && [0x00ff0000, 0x0000ff00, 0x000000ff].every((mask, n) => file.readUInt32LE(54 + 4 * n) === mask);

/** BMP has no grey images but by their palette. */
const greyIfGrey = ({ bytes, shape: [height, width, channels] }: RawImage): RawImage => {
  const grey = new Uint8Array(height * width);
  for (let n = 0; n < grey.length; n += 1) {
    const [red, green, blue] = bytes.subarray(3 * n, 3 * n + 3);
    if (red !== green || green !== blue) return { bytes, shape: [height, width, channels] };
    grey[n] = red as number;
  }
  return { bytes: grey, shape: [height, width, 1] };
};
