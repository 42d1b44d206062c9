type Shape = { readonly width: number; readonly height: number; readonly bits: 8 | 24 | 32 };

/**
 * A BMP of colours given from the top row down, red first; with 8 bits every pixel has a place in the palette. A height
 * below 0 puts the top row first.
 *
 * @see Microsoft, "Bitmap Storage"
 */
export const bmp = ({ width, height, bits }: Shape, colours: Uint8Array): Buffer => {
  const rows = Math.abs(height);
  const palette = bits === 8 ? Buffer.alloc(4 * 256) : Buffer.alloc(0);
  const stride = Math.ceil((width * bits) / 32) * 4;
  const pixels = Buffer.alloc(stride * rows);
  for (let n = 0; n < rows * width; n += 1) {
    const row = height < 0 ? Math.floor(n / width) : rows - 1 - Math.floor(n / width);
    const [red = 0, green = 0, blue = 0] = colours.subarray(3 * n, 3 * n + 3);
    const at = row * stride + ((n % width) * bits) / 8;
    if (bits === 8) {
      pixels[at] = n;
      palette.set([blue, green, red], 4 * n);
    } else pixels.set([blue, green, red], Math.floor(at));
  }
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  const start = header.length + palette.length;
  header.writeUInt32LE(start + pixels.length, 2);
  header.writeUInt32LE(start, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  return Buffer.concat([header, palette, pixels]);
};
