import type { EnhanceOptions } from '../../apps/enhance/options.ts';
import { readSeen } from '../../node/enhance/seenPicture.ts';

/** What is asked, with the picture of a mask: seen where it is white, and to be filled where it is black. */
export const withMask = async (asked: EnhanceOptions, path: string | undefined): Promise<EnhanceOptions> => {
  if (path === undefined) return asked;
  const { pixels } = await readSeen(path, 1);
  return { ...asked, mask: Array.from(pixels, (value) => Number(value >= 0.5)) };
};
