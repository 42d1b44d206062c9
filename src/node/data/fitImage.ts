import sharp, { type Sharp } from 'sharp';
import { ArgumentError, pick } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { checkFormat, MOST_PIXELS } from '../images.ts';
import type { RawImage, SourceImage } from './source.ts';

/**
 * What is done to images of another size: `exact` refuses them; `pad` makes larger ones smaller, keeps their
 * proportions, and fills up with black; `resize` fills the size and crops what sticks out.
 */
export type Fit = 'exact' | 'pad' | 'resize';

const FITS = { exact: 'exact', pad: 'pad', resize: 'resize' } as const;

/** @throws ArgumentError `unknown-fit` */
export const toFit = (name: string): Fit => pick(FITS, name, 'fit');

export type Wanted = {
  /** Height and width; undefined: as they are. */
  readonly size: readonly [height: number, width: number] | undefined;
  /** 1 for grey, 3 for colour; undefined: as they are. */
  readonly channels: number | undefined;
  readonly fit: Fit;
};

/**
 * An image as bytes, turned upright, on white where it is transparent, in the size and the channels that are wanted.
 *
 * @throws ArgumentError `wrong-image-size`; anything else for an image that cannot be read.
 */
export const fitImage = async ({ name, content }: SourceImage, { size, channels, fit }: Wanted): Promise<RawImage> => {
  if (!(content instanceof Uint8Array) && isAlready(content, { size, channels, fit })) return content;
  const image = open(name, content);
  const { autoOrient, space, hasAlpha } = await image.metadata();
  const [height, width] = size ?? [autoOrient.height, autoOrient.width];
  if (fit === 'exact') checkSize(name, [autoOrient.height, autoOrient.width], [height, width]);
  const grey = (channels ?? (space === 'b-w' || space === 'grey16' ? 1 : 3)) === 1;
  const upright = hasAlpha ? image.autoOrient().flatten({ background: '#fff' }) : image.autoOrient();
  const { data, info } = await upright
    .resize(width, height, { fit: fit === 'resize' ? 'cover' : 'inside', withoutEnlargement: fit === 'pad' })
    .toColourspace(grey ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const found = { bytes: new Uint8Array(data), shape: [info.height, info.width, info.channels] as const };
  return padded(found, [height, width, grey ? 1 : 3]);
};

const isAlready = ({ shape }: RawImage, { size, channels }: Wanted): boolean =>
  (size === undefined || (size[0] === shape[0] && size[1] === shape[1])) &&
  (channels === undefined || channels === shape[2]);

const open = (name: string, content: SourceImage['content']): Sharp => {
  if (content instanceof Uint8Array) {
    checkFormat(name, content);
    return sharp(content, { limitInputPixels: MOST_PIXELS });
  }
  const [height, width, channels] = content.shape;
  return sharp(content.bytes, { raw: { width, height, channels: channels === 1 ? 1 : 3 } }).toColourspace(
    channels === 1 ? 'b-w' : 'srgb',
  );
};

const checkSize = (name: string, found: readonly [number, number], wanted: readonly [number, number]): void => {
  if (found[0] === wanted[0] && found[1] === wanted[1]) return;
  throw new ArgumentError(
    'wrong-image-size',
    `${name} is ${found[1]} x ${found[0]}, wanted is ${wanted[1]} x ${wanted[0]}; adapt sizes with fit "pad" or "resize"`,
  );
};

/** In the middle of black. */
const padded = ({ bytes, shape }: RawImage, wanted: ImageShape): RawImage => {
  const [height, width, channels] = shape;
  if (height === wanted[0] && width === wanted[1]) return { bytes, shape };
  const page = new Uint8Array(wanted[0] * wanted[1] * channels);
  const [top, left] = [Math.floor((wanted[0] - height) / 2), Math.floor((wanted[1] - width) / 2)];
  for (let row = 0; row < height; row += 1) {
    const line = bytes.subarray(row * width * channels, (row + 1) * width * channels);
    page.set(line, ((top + row) * wanted[1] + left) * channels);
  }
  return { bytes: page, shape: [wanted[0], wanted[1], channels] };
};
