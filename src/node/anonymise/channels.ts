import type { Picture } from '../../apps/anonymise/regions/regions.ts';

/** How much red, green and blue count in grey. @see ITU-R BT.601-7, section 2.5.1 */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/** A picture in as many channels as something else has: grey as three equal ones, colour as its grey. */
export const inChannels = (picture: Picture, channels: number): Picture => {
  const { pixels, shape } = picture;
  if (shape[2] === channels) return picture;
  const count = shape[0] * shape[1];
  const grey = (n: number): number =>
    shape[2] === 1
      ? (pixels[n] as number)
      : RED * (pixels[3 * n] as number) + GREEN * (pixels[3 * n + 1] as number) + BLUE * (pixels[3 * n + 2] as number);
  const values = new Float32Array(count * channels);
  for (let n = 0; n < count; n += 1) values.fill(grey(n), n * channels, (n + 1) * channels);
  return { pixels: values, shape: [shape[0], shape[1], channels] };
};
