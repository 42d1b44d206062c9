import type { Model } from '../../models/model.ts';
import type { LabelledImages } from '../../node/data/labelledImages.ts';
import type { Choice } from '../choice.ts';
import type { Opening } from '../export/opening.ts';
import { type Judging, makeJudging } from './judging.ts';
import { makeTurns, type Turns } from './turns.ts';
import { type KeptVariants, keepVariants } from './variants/kept.ts';

/** What a studio is opened with. */
export type StudioSetting = {
  readonly model: Model;
  /** The model's place as it was typed. */
  readonly place: string;
  /** What computes the model, for people. */
  readonly computedBy: string;
  readonly data: LabelledImages;
  /** The place of the data set as it was typed. */
  readonly dataPlace: string;
  /** How both were opened. @defaultValue without options */
  readonly opening?: Opening;
  /** The `model.json` of a classifier that was named; else one is trained. */
  readonly classifier?: string;
  /** Folders of runs; the page knows them by their places in this list. */
  readonly runs: readonly string[];
  /** What is chosen at the beginning, where the command said something of it. */
  readonly session?: Choice;
  /** The command that opened the studio. */
  readonly command: string;
  /** Ends all work. */
  readonly signal: AbortSignal;
  /** Told what the page is not told: whole errors, with their stacks. */
  readonly report: (error: unknown) => void;
};

/** What the routes of the studio work with: what it was opened with, and what they share. */
export type StudioContext = StudioSetting & {
  /** Whoever runs the model takes one. */
  readonly turns: Turns;
  /** Variants that were made before. */
  readonly variants: KeptVariants;
  /** What tells whether a variant keeps its class. */
  readonly judging: Judging;
  /** Lets go what the routes keep. */
  readonly dispose: () => void;
};

export const studioContext = (setting: StudioSetting): StudioContext => {
  const judging = makeJudging(setting);
  return { ...setting, turns: makeTurns(), variants: keepVariants(), judging, dispose: judging.dispose };
};
