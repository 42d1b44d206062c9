import { warn } from '../warn.ts';
import type { ImageKey } from './images.ts';

/** How many images are watched for: a second epoch brings them again, and more would cost memory for nothing. */
const WATCHED = 1024;

/** Notices when nobody advances the epoch: says so once, when an image comes twice in one. */
export const watchRepeats = (): ((names: readonly ImageKey[], epoch: number) => void) => {
  let seen = new Set<ImageKey>();
  let seenIn = 0;
  let warned = false;
  return (names, epoch) => {
    if (epoch !== seenIn) [seen, seenIn] = [new Set(), epoch];
    if (!warned && names.some((name) => seen.has(name))) {
      warned = true;
      warn(repeated(epoch));
    }
    for (const name of names) if (seen.size < WATCHED) seen.add(name);
  };
};

const repeated = (epoch: number): string =>
  `the same image came twice in epoch ${epoch} and got the same variant both times; if this was a new epoch, pass ` +
  'augment.callback() to fitDataset, call augment.setEpoch(epoch), or use augmentDataset(dataset, options)';
