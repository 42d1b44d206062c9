import type { ImageKey } from '../returns/address.ts';
import { warn } from '../warn.ts';

/** How many images are watched for: a second epoch brings them again, and more would cost memory for nothing. */
const WATCHED = 1024;

/** Notices when images get an epoch that they do not belong to, and says so once of each kind. */
export type EpochWatch = {
  /** Images that came in an epoch. */
  came(names: readonly ImageKey[], epoch: number): void;
  /** Images that a batch was trained on. */
  trained(images: number): void;
  /** Somebody asked for the state. */
  asked(): void;
  /** An epoch has ended; `called` by the training, which may have called others before. */
  ended(epoch: number, called: boolean): void;
};

export const watchEpochs = (): EpochWatch => {
  const said = new Set<string>();
  const sayOnce = (message: string): void => {
    const kind = message.replace(/\d+/g, '');
    if (!said.has(kind)) warn(message);
    said.add(kind);
  };
  let seen = new Set<ImageKey>();
  let seenIn = 0;
  let [came, trained, ahead] = [0, 0, 0];
  let isAsked = false;
  return {
    came(names, epoch) {
      if (epoch !== seenIn) [seen, seenIn] = [new Set(), epoch];
      if (names.some((name) => seen.has(name))) sayOnce(repeated(epoch));
      for (const name of names) if (seen.size < WATCHED) seen.add(name);
      came += names.length;
      isAsked = false;
    },
    trained(images) {
      trained += images;
      isAsked = false;
    },
    asked() {
      isAsked = true;
    },
    ended(epoch, called) {
      if (isAsked && called) sayOnce(tooEarly(epoch));
      // What came and was not trained on waits for the next epoch: it is there if that one needs fewer new images.
      if (trained > 0 && came - trained < ahead) sayOnce(early(epoch, ahead));
      ahead = trained > 0 ? Math.max(0, came - trained) : 0;
      [came, trained, isAsked] = [0, 0, false];
    },
  };
};

const REMEDY =
  'use augmentDataset(dataset, transform) before repeat(), batch() and prefetch(), which counts every pass';

const repeated = (epoch: number): string =>
  `the same image came twice in epoch ${epoch} and got the same variant both times; if this was a new epoch, pass ` +
  `augment.callback() to fitDataset, call augment.setEpoch(epoch), or ${REMEDY}`;

const early = (epoch: number, images: number): string =>
  `epoch ${epoch} was trained on ${images} images that were made in the epoch before it, since they were fetched ` +
  `before it began; ${REMEDY}`;

const tooEarly = (epoch: number): string =>
  `state() was asked for before epoch ${epoch} had ended, so what goes on from it repeats that epoch; put ` +
  'augment.callback() before whatever saves the state, in the list of callbacks';
