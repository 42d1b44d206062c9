import type { ImageLayout } from './graphInput.ts';

/** Rows, height, width, channels. */
export type MapShape = readonly [rows: number, height: number, width: number, channels: number];

/** Maps in another layout. `shape` is rows, height, width, channels, whichever way the values lie. */
export const reordered = (
  values: Float32Array,
  [rows, height, width, channels]: MapShape,
  to: ImageLayout,
): Float32Array => {
  const positions = height * width;
  const [outer, inner] = to === 'nchw' ? [channels, positions] : [positions, channels];
  const result = new Float32Array(values.length);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = row * positions * channels;
    for (let i = 0; i < outer; i += 1) {
      for (let j = 0; j < inner; j += 1) {
        result[at] = values[start + j * outer + i] as number;
        at += 1;
      }
    }
  }
  return result;
};
