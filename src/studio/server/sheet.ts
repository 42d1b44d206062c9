import sharp from 'sharp';
import { ArgumentError } from '../../errors.ts';
import { contactSheet } from '../../node/contactSheet.ts';
import { pixelsAt } from '../../node/data/pixels.ts';
import { classNames } from '../../node/tuning/heldOut.ts';
import type { Variant } from '../api.ts';
import type { Choice } from '../choice.ts';
import { readAsked } from './asked.ts';
import type { StudioContext } from './context.ts';
import { showVariants } from './variants/show.ts';
import { nameImages } from './variants/throws.ts';

/**
 * The picked images and their variants on a page, as the view of strength shows them.
 *
 * @throws ArgumentError `no-images` where none is picked, and those of `readAsked`.
 */
export const sheetOf = async (context: StudioContext, choice: Choice, signal: AbortSignal): Promise<Uint8Array> => {
  const { data, model } = context;
  if (choice.images.length === 0) throw new ArgumentError('no-images', 'no image is picked; pick some first');
  const asked = readAsked(context, choice);
  const made = new Map<string, Variant>();
  const send = async (event: string, value: unknown): Promise<void> => {
    const one = value as Variant;
    if (event === 'variant') made.set(`${one.image} ${one.variant}`, one);
  };
  await showVariants(context, { choice, asked, images: nameImages(context) }, { signal, send });
  const names = classNames(data, model);
  const rows = choice.images.map(async (image) => ({
    label: `${image}: ${names[data.labels[image] as number] ?? ''}`,
    images: [
      Float32Array.from(pixelsAt(data, [image])),
      ...(await Promise.all(
        Array.from({ length: choice.variants }, (_, n) =>
          pixelsOf(made.get(`${image} ${n}`) as Variant, model.imageShape[2]),
        ),
      )),
    ],
  }));
  return contactSheet({
    shape: model.imageShape,
    title: `strength ${choice.strength}, seed ${choice.seed}`,
    columns: [
      { header: 'image', count: 1 },
      { header: `${choice.variants} variants`, count: choice.variants },
    ],
    rows: await Promise.all(rows),
  });
};

const pixelsOf = async ({ url }: Variant, channels: number): Promise<Float32Array> => {
  const png = sharp(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
  const bytes = await png
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return Float32Array.from(bytes, (byte) => byte / 255);
};
