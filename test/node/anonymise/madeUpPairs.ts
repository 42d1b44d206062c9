import type { Picture } from '../../../src/apps/anonymise/regions/regions.ts';
import type { Pair } from '../../../src/node/anonymise/worstSection.ts';

/** A drawing of rings: nobody is to be seen in a picture of a test. */
export const rings = (side: number, phase: number, channels = 3): Picture => {
  const pixels = Float32Array.from({ length: side * side * channels }, (_, n) => {
    const [row, column] = [
      Math.floor(n / channels / side) / side - 0.5,
      (Math.floor(n / channels) % side) / side - 0.5,
    ];
    return 0.5 + 0.4 * Math.sin(24 * Math.hypot(row, column) + phase + (n % channels));
  });
  return { pixels, shape: [side, side, channels] };
};

export const pairs = (count: number): Pair[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `set/${n} & <others>.png`,
    original: rings(64, n),
    copy: rings(64, n + 0.8),
    similarity: 0.71 - 0.01 * n,
    strength: 0.7,
  }));
