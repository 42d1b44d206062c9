import { createRequire } from 'node:module';
import sharp from 'sharp';
import { packageFile } from './packageFiles.ts';

/** A font file of our own: the containers in which people train have no fonts at all. */
const fontFile = (): string =>
  createRequire(packageFile('package.json')).resolve(
    '@expo-google-fonts/share-tech-mono/400Regular/ShareTechMono_400Regular.ttf',
  );

export type TextOptions = {
  /** Lines are broken to stay within so many pixels. */
  readonly width: number;
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'centre';
};

/** A picture of some text, as sharp composites it: black on transparent. */
export type TextPicture = { readonly input: Buffer; readonly width: number; readonly height: number };

/** Draws text, taken literally, in the font that comes with the package. */
export const drawText = async (text: string, { width, align = 'left' }: TextOptions): Promise<TextPicture> => {
  const markup = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const { data, info } = await sharp({
    text: {
      text: markup,
      font: 'Share Tech Mono 10',
      fontfile: fontFile(),
      dpi: 96,
      width,
      align,
      wrap: 'word-char',
      rgba: true,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { input: data, width: info.width, height: info.height };
};
