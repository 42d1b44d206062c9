import type { Interval } from '../calibrate/intervals.ts';
import type { EpochLog } from '../node/epochLog/line.ts';
import type { Choice } from './choice.ts';

/*
 * What the server of the studio tells its page. Images go by their places in the data set, runs by their places among those
 * that were named: no path is ever asked for.
 *
 *   GET  /api/about                          About
 *   GET  /api/images?label=&page=&size=      ImagePage
 *   GET  /api/images/7                       a PNG
 *   GET  /api/variants?choice=               events: variant, done
 *   GET  /api/survival?choice=               events: stage, point, done
 *   GET  /api/survival/lost?choice=          events: lost, done          (at choice.strength)
 *   GET  /api/epochs?choice=                 events: variant, done       (at 0, 25, 50, 75 and 100 % of the schedule)
 *   POST /api/export        a choice         Export
 *   POST /api/sheet         a choice         a PNG
 *   GET  /api/runs                           Run[]
 *   GET  /api/runs/events?ids=0,2            events: epoch, damaged, anew (its file began anew), seen (all that was there
 *                                                    was told); those that are there, then as they come
 *   GET  /api/file-runs/events               events: runs FileRun[], whenever they are others
 *
 * A choice is JSON, in a query or a body. What goes wrong is `{ error: Fault }` with a status of 4xx or 5xx, or an event
 * `fault`, after which a stream ends. A stream that is closed by the page ends what it was working on.
 */

/** One line for people, and a code that stays. */
export type Fault = { readonly code: string; readonly message: string };

export type About = {
  readonly version: string;
  readonly data: {
    readonly name: string;
    readonly count: number;
    /** Images that no classifier learns from: the most that can be measured. */
    readonly heldOut: number;
    /** By the names that the model has for them where the data numbers them alone. */
    readonly classes: readonly { readonly label: number; readonly name: string; readonly count: number }[];
    /** What was left out, and why. */
    readonly refused: readonly { readonly name: string; readonly reason: string }[];
  };
  readonly model: {
    readonly name: string;
    /** Height, width and channels. */
    readonly imageShape: readonly [number, number, number];
    /** What computes it, for people. */
    readonly computedBy: string;
    readonly solvers: readonly string[];
    /** What is done where nothing is chosen. */
    readonly usual: {
      readonly solver: string;
      readonly steps: number;
      readonly eta: number;
      readonly guidance: number;
    };
    readonly drawingSolvers: readonly string[];
    readonly hasText: boolean;
    /** Whether images can return to their own class. */
    readonly hasClasses: boolean;
    readonly isLatent: boolean;
    /** The same place in the schedule, by all its names, at shares from 0 to 1 in steps of a hundredth. */
    readonly places: readonly Place[];
  };
  /** Names of the runs that can be looked at. */
  readonly runs: readonly string[];
  /** What a session file said, where the command was given one. */
  readonly session?: Choice;
  /** The command that opened the studio, for people who want to open it again. */
  readonly command: string;
  /** Whether all that is shown was measured before, and nothing can be made. */
  readonly isStatic: boolean;
  /** What was measured, where that is all there is. The session is what it was measured with. */
  readonly measured?: {
    /** Places of the images of which variants were made. */
    readonly images: readonly number[];
    /** Strengths of these variants, rising. */
    readonly strengths: readonly number[];
    /** How many images of each class can be looked at. */
    readonly perClass: number;
  };
};

export type Place = {
  readonly strength: number;
  readonly timestep: number;
  readonly sigma: number;
  /** Signal to noise, in dB; null where there is no noise. */
  readonly snrDb: number | null;
};

export type ImagePage = {
  readonly images: readonly { readonly image: number; readonly label: number }[];
  /** Of this class, on all pages. */
  readonly total: number;
};

/** A variant, as an event `variant`. */
export type Variant = {
  readonly image: number;
  /** Which of the variants of its image, from 0 on. */
  readonly variant: number;
  readonly epoch: number;
  /** 0 for an image that its epoch leaves as it is. */
  readonly strength: number;
  /** Root mean square distance to its image, in [0, 1] units. */
  readonly distance: number;
  /** A PNG as an address `data:`. */
  readonly url: string;
  /** Whether it was there from before. */
  readonly isKept: boolean;
};

/** How the work ended, as an event `done`. */
export type Done = {
  /** What a thousand variants like these take on this machine; absent where all were kept. */
  readonly secondsPerThousand?: number;
};

/** What is going on, as an event `stage`. */
export type Stage = { readonly text: string /** From 0 to 1. */; readonly share: number };

/** What a strength does, as an event `point`: `boomerang tune` measures the same. */
export type SurvivalPoint = {
  readonly strength: number;
  /** For a latent model: images were not thrown, only encoded and decoded. The strength is 0. */
  readonly roundTrip?: true;
  readonly retention: Estimated;
  readonly rms: Estimated;
  readonly diversity: Estimated;
  readonly secondsPerVariant: number;
  /** For each image that was measured, the share of its variants that keep their class. */
  readonly kept: readonly number[];
  /** The class of each of these images. */
  readonly labels: readonly number[];
};

export type Estimated = { readonly mean: number; readonly interval: Interval };

/** A variant that lost its label, as an event `lost`. */
export type Lost = Variant & { readonly was: number; readonly became: number };

/** What somebody takes along. */
export type Export = {
  /** A whole program. */
  readonly typescript: string;
  /** What `augmentFrom` reads. */
  readonly config: unknown;
  /** What the config cannot say, a sentence each. */
  readonly configNotes: readonly string[];
  /** A command that does about the same in a terminal. */
  readonly command: string;
};

export type { EpochLog } from '../node/epochLog/line.ts';
export type { FileRun } from './fileRun.ts';

/** An epoch of a run, as an event `epoch`: what `augment.log(folder)` writes. */
export type EpochEvent = { readonly run: number; readonly epoch: EpochLog };

export type Run = {
  readonly run: number;
  readonly name: string;
  readonly epochs: number;
  /** Lines that are damaged and left out. */
  readonly damaged: number;
};

/** Lines of a run that are damaged so far, as an event `damaged`. */
export type DamagedRun = { readonly run: number; readonly lines: number };
