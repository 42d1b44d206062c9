import type { Bank, ImageSet, Model } from 'tfjs-boomerang';
import type { Arm } from './arms.ts';
import type { Settings } from './settings.ts';
import type { Split } from './split.ts';

/** What all trainings of a study share. */
export type Bench = {
  readonly model: Model;
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly split: Split;
  readonly settings: Settings;
  /** Of variants that are made before a training; none where they are made on the way. */
  readonly bank: Bank | undefined;
  /** Where the images were read from. */
  readonly source: string;
  /** Names all that decides the figures: runs with equal digests may stand in one table. */
  readonly digest: string;
};

/** One training. */
export type Task = {
  readonly arm: Arm;
  /** Labelled images of each class. */
  readonly perClass: number;
  readonly seed: number;
};
