import type { Sharp } from 'sharp';
import { ArgumentError, pick } from '../../errors.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { openPicture, type Picture, rawPicture } from './openPicture.ts';
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

/** Pixels of an image that was read, in as many bits as its file has, and what was done to it. */
export type Fitted = {
  /** `height * width * channels` values, 0 to 255 or 0 to 65,535. */
  readonly values: Uint8Array | Uint16Array;
  readonly shape: ImageShape;
  /** What people may want to know of: `colour was made grey`. */
  readonly changes: readonly string[];
};

/**
 * An image turned upright, on white where it is transparent, in the size and the channels that are wanted: the one way
 * in which images are read.
 *
 * @throws ArgumentError `wrong-image-size`, `unreadable-image`, `unsupported-depth`; anything else for an image that
 * cannot be read.
 */
export const fitImage = async (
  { name, content }: Pick<SourceImage, 'name' | 'content'>,
  wanted: Wanted,
): Promise<Fitted> => {
  if ('fault' in content)
    throw new ArgumentError('unreadable-image', `cannot read the image ${name}: ${content.fault}`);
  if (!(content instanceof Uint8Array) && isAlready(content, wanted)) {
    return { values: content.bytes, shape: content.shape, changes: [] };
  }
  const picture = content instanceof Uint8Array ? await openPicture(name, content) : rawPicture(content);
  const { size = picture.size, channels = picture.isGrey ? 1 : 3, fit } = wanted;
  if (fit === 'exact') checkSize(name, picture.size, size);
  const isGrey = channels === 1;
  const fitted = padded(await pixelsOf(picture, { size, isGrey, fit }), [size[0], size[1], isGrey ? 1 : 3]);
  return { ...fitted, changes: changesOf(picture, isGrey) };
};

const isAlready = ({ shape }: RawImage, { size, channels }: Wanted): boolean =>
  (size === undefined || (size[0] === shape[0] && size[1] === shape[1])) &&
  (channels === undefined || channels === shape[2]);

type Asked = { readonly size: readonly [number, number]; readonly isGrey: boolean; readonly fit: Fit };

const pixelsOf = async ({ image, alpha, ...picture }: Picture, { size, isGrey, fit }: Asked): Promise<Pixels> => {
  const isWide = picture.isWide && alpha !== 'transparent'; // white is not all of 16 bits to sharp
  const upright = image.autoOrient();
  const opaque = alpha === 'transparent' ? upright.flatten({ background: '#fff' }) : upright.removeAlpha();
  const { data, info } = await inSrgb(opaque, { ...picture, madeGrey: isGrey })
    .resize(size[1], size[0], { fit: fit === 'resize' ? 'cover' : 'inside', withoutEnlargement: fit === 'pad' })
    .toColourspace(isGrey ? (isWide ? 'grey16' : 'b-w') : isWide ? 'rgb16' : 'srgb')
    .raw({ depth: isWide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const bytes = new Uint8Array(data);
  return {
    values: isWide ? new Uint16Array(bytes.buffer) : bytes,
    shape: [info.height, info.width, info.channels],
  };
};

type Colours = Pick<Picture, 'hasProfile' | 'isWide' | 'isGrey'> & { readonly madeGrey: boolean };

/** sharp brings colours of 8 bits into sRGB by their profile, but those of 16 bits into Display P3. */
const inSrgb = (image: Sharp, { hasProfile, isWide, isGrey, madeGrey }: Colours): Sharp =>
  hasProfile && isWide && !isGrey && !madeGrey ? image.withIccProfile('srgb', { attach: false }) : image;

const changesOf = ({ isGrey, alpha, frames }: Picture, madeGrey: boolean): string[] => [
  ...(madeGrey && !isGrey ? ['colour was made grey'] : []),
  ...(alpha === 'transparent' ? ['what was transparent was made white'] : []),
  ...(frames > 1 ? ['only the first frame or page was taken'] : []),
];

const checkSize = (name: string, found: readonly [number, number], wanted: readonly [number, number]): void => {
  if (found[0] === wanted[0] && found[1] === wanted[1]) return;
  throw new ArgumentError(
    'wrong-image-size',
    `${name} is ${found[1]} x ${found[0]}, wanted is ${wanted[1]} x ${wanted[0]}; adapt sizes with fit "pad" or "resize"`,
  );
};

type Pixels = Pick<Fitted, 'values' | 'shape'>;

/** In the middle of black. */
const padded = ({ values, shape }: Pixels, wanted: ImageShape): Pixels => {
  const [height, width, channels] = shape;
  if (height === wanted[0] && width === wanted[1]) return { values, shape };
  const length = wanted[0] * wanted[1] * channels;
  const page = values instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  const [top, left] = [Math.floor((wanted[0] - height) / 2), Math.floor((wanted[1] - width) / 2)];
  for (let row = 0; row < height; row += 1) {
    const line = values.subarray(row * width * channels, (row + 1) * width * channels);
    page.set(line, ((top + row) * wanted[1] + left) * channels);
  }
  return { values: page, shape: [wanted[0], wanted[1], channels] };
};

/** The nearest bytes, 0 to 255. */
export const asBytes = (values: Fitted['values']): Uint8Array =>
  values instanceof Uint8Array ? values : Uint8Array.from(values, (value) => Math.round(value / 257));

/** Numbers in [0, 1]. */
export const asNumbers = (values: Fitted['values']): Float32Array => {
  const most = values instanceof Uint8Array ? 255 : 65535;
  return new Float32Array(values).map((value) => value / most); // `from` would take seconds for large images
};
