import type { ImageShape } from '../tensors/noise.ts';

/** A white page to put images on, 3 bytes a pixel. */
export type Page = { readonly pixels: Uint8Array; readonly height: number; readonly width: number };

export const whitePage = (height: number, width: number): Page => ({
  pixels: new Uint8Array(height * width * 3).fill(255),
  height,
  width,
});

export type Picture = { readonly bytes: Uint8Array; readonly shape: ImageShape };

export type Place = {
  readonly left: number;
  readonly top: number;
  /** A whole factor; pixels become squares, without smoothing. */
  readonly zoom: number;
};

/** Copies a magnified image onto the page; a grey one into all three channels. */
export const paint = (page: Page, { bytes, shape }: Picture, { left, top, zoom }: Place): void => {
  const [height, width, channels] = shape;
  for (let y = 0; y < height * zoom; y += 1) {
    for (let x = 0; x < width * zoom; x += 1) {
      const from = (Math.floor(y / zoom) * width + Math.floor(x / zoom)) * channels;
      const to = ((top + y) * page.width + left + x) * 3;
      for (let c = 0; c < 3; c += 1) page.pixels[to + c] = bytes[from + (channels === 1 ? 0 : c)] ?? 0;
    }
  }
};
