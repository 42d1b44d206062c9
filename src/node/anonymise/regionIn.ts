import { readFile } from 'node:fs/promises';
import { maskFrom, type Picture } from '../../apps/anonymise/regions/regions.ts';
import type { Region } from '../../apps/anonymise/run.ts';
import { ArgumentError } from '../../errors.ts';
import { asNumbers, fitImage } from '../data/fitImage.ts';
import { isPicture } from '../data/samples.ts';

/**
 * What of each image changes: `whole`, `faces`, a box `TOP,LEFT,HEIGHT,WIDTH` in pixels, or the picture of a mask, white
 * where images change.
 *
 * @throws ArgumentError `unknown-region`, `bad-region`, and those of reading an image.
 */
export const regionIn = async (text: string): Promise<Region> => {
  if (text === 'whole' || text === 'faces') return text;
  const numbers = text.split(',').map(Number);
  if (numbers.length === 4 && numbers.every((value) => Number.isFinite(value))) {
    const [top, left, height, width] = numbers as [number, number, number, number];
    return { boxes: [{ top, left, height, width }] };
  }
  if (isPicture(text)) return maskIn(text);
  const choices = 'choose whole, faces, a box TOP,LEFT,HEIGHT,WIDTH, or the picture of a mask';
  throw new ArgumentError('unknown-region', `unknown region "${text}"; ${choices}`);
};

const maskIn = async (path: string): Promise<Region> => {
  const content = await readFile(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new ArgumentError('bad-region', `cannot read the mask ${path}: ${code}; check the path`);
  });
  const wanted = { size: undefined, channels: 1, fit: 'exact' } as const;
  const { values, shape } = await fitImage({ name: path, content }, wanted);
  const picture: Picture = { pixels: asNumbers(values), shape };
  return maskFrom(picture, shape);
};
