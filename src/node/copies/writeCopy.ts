import { ArgumentError, EnvironmentError } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { checkWritten } from './checkWritten.ts';
import type { CopyOptions } from './copyOptions.ts';
import { encode } from './encode.ts';
import { copyFormat } from './formats.ts';
import { type Changed, markOf } from './mark.ts';
import type { CopiedOriginal } from './originals.ts';
import { fileAt, recordOf } from './packedFiles.ts';
import type { Pieces } from './pieces.ts';

type Copy = { readonly original: CopiedOriginal; readonly pixels: Float32Array; readonly mark: Changed };

/**
 * Writes a copy among the pieces, and checks what was written.
 *
 * @throws ArgumentError `bad-pixels`; EnvironmentError `bad-copy`, `bad-output`.
 */
export const writeCopy = async (
  { original, pixels, mark: changed }: Copy,
  { originals: { layout } }: Pick<CopyOptions, 'originals'>,
  pieces: Pieces,
): Promise<void> => {
  const { place, name, shape, format = 'png', labels = [] } = original;
  const image = { bytes: toBytes(pixels, original), shape };
  if (layout.content === 'pictures') {
    const expected = { name, format: copyFormat(format), image, mark: markOf(changed) };
    const written = await pieces.write(place, await encode(image, expected.format, expected.mark));
    return checkWritten(written, expected);
  }
  checkPacked(original, fileAt(layout, place));
  const record = recordOf(layout.content, labels, image);
  const written = await pieces.write(place, record);
  if (Buffer.from(record).equals(written)) return;
  throw new EnvironmentError('bad-copy', `the copy of ${name} was not written as it should be; run it again`);
};

const toBytes = (pixels: Float32Array, { name, shape }: CopiedOriginal): Uint8Array => {
  const wanted = shape[0] * shape[1] * shape[2];
  if (pixels.length !== wanted) {
    throw badPixels(name, `a copy has as many as its original, [${shape}], got ${pixels.length}`);
  }
  const fault = pixels.findIndex((value) => !Number.isFinite(value));
  if (fault >= 0) throw badPixels(name, `number ${fault} is ${pixels[fault]}`);
  const bytes = new Uint8Array(wanted);
  for (let i = 0; i < wanted; i += 1) bytes[i] = Math.round(255 * Math.min(1, Math.max(0, pixels[i] as number)));
  return bytes;
};

const checkPacked = (
  { name, shape, labels = [] }: CopiedOriginal,
  file: { readonly shape: ImageShape; readonly heads: number } | undefined,
): void => {
  if (file && shape.every((size, axis) => size === file.shape[axis]) && labels.length === file.heads) return;
  const wanted = file ? `[${file.shape}] and ${file.heads} numbers of classes` : 'none, as there is no such place';
  throw badPixels(name, `its file has ${wanted}, got [${shape}] and ${labels.length}`);
};

const badPixels = (name: string, why: string): ArgumentError =>
  new ArgumentError(
    'bad-pixels',
    `the pixels of the copy of ${name} cannot be written: ${why}; give those of the image`,
  );
