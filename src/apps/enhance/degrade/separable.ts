import type { ImageShape } from '../../../tensors/noise.ts';
import type { Banded } from './banded.ts';
import type { Degradation } from './degradation.ts';
import { exactInverse, forBoth, inverseByGains } from './inverses.ts';
import { type Lines, lineMapOf, mapLines } from './lineMap.ts';
import { cubicLine } from './lines.ts';

/**
 * A degradation that does the same to all columns of an image, and to all its lines, which differ in length alone.
 *
 * @throws ArgumentError `too-large` for long lines of which much is not seen at all.
 */
export const separable = (imageShape: ImageShape, lines: Lines<Banded>): Degradation => {
  const [height, width, channels] = imageShape;
  const seenShape: ImageShape = [lines.down.rows.length, lines.across.rows.length, channels];
  const forward = forBoth(lines, lineMapOf);
  const back = exactInverse(lines);
  let byGains = back ? undefined : inverseByGains(lines);
  return {
    imageShape,
    seenShape,
    degrade: (images) => mapLines(images, forward),
    restore(seen, trust) {
      if (back && !trust) return mapLines(seen, back);
      byGains ??= inverseByGains(lines);
      return byGains(seen, trust);
    },
    guess: (seen) =>
      mapLines(seen, {
        down: lineMapOf(cubicLine(seenShape[0], height)),
        across: lineMapOf(cubicLine(seenShape[1], width)),
      }),
  };
};
