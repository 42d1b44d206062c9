import type { Trust } from './measureTrust.ts';

/** One point of a learning curve. */
export type CurvePoint = {
  /** Steps done. */
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  /** Share of the validation images that are classified right, in [0, 1]. */
  readonly validation: number;
};

/** One training: an arm, at a number of labels, with a seed. A line of `runs.jsonl`. */
export type RunRecord = {
  /** Digest of all settings that decide the figures; runs of other settings are never mixed with these. */
  readonly study: string;
  readonly arm: string;
  /** Labelled images per class. */
  readonly labels: number;
  readonly seed: number;
  /** Share of the test images that are classified right after the last step, in [0, 1]. */
  readonly accuracy: number;
  /** The same of the validation images, which are training images that no arm trains on. */
  readonly validation: number;
  readonly curve: readonly CurvePoint[];
  readonly seconds: {
    /** The training loop, its waiting included. */
    readonly training: number;
    /** Of those, how long the training thread had nothing to do until the next batch came. */
    readonly waiting: number;
    /** Making variants before training. Arms that share a bank share its cost: the first to need it pays. */
    readonly bank: number;
  };
  /** Variants that were drawn in training, and the network evaluations that were spent on this run alone. */
  readonly variants: { readonly drawn: number; readonly evaluations: number };
  /** Extra draws that a teacher judged, and those that it was sure of, in arms that have one. */
  readonly taught?: { readonly judged: number; readonly used: number };
  /** Calibration and robustness, on the images that accuracy is told of. Older records have none. */
  readonly trust?: Trust;
  readonly finished: string;
};

/** What all runs of a study have in common: `study.json`. */
export type Study = {
  readonly digest: string;
  /** What was learned since that changes what follows from the study: the first thing that its report says. */
  readonly correction?: string;
  /** One for each command; together they are all that was planned. */
  readonly parts: readonly StudyPart[];
  readonly settings: Readonly<Record<string, unknown>>;
  /** Versions, processor and commit. */
  readonly machine: Readonly<Record<string, string>>;
  readonly arms: Readonly<Record<string, ArmFacts>>;
  /** What each strength does to validation images. */
  readonly strengths: readonly StrengthFacts[];
  /** A PNG, in base64: rows are images, columns strengths. */
  readonly picture: string;
};

export type StudyPart = {
  /** What was typed, so that it can be typed again. */
  readonly command: string;
  readonly arms: readonly string[];
  /** Labelled images per class. */
  readonly labels: readonly number[];
  readonly seeds: readonly number[];
};

export type ArmFacts = {
  readonly about: string;
  /** Of variants, each for an equal stretch of the training; none for arms without variants. */
  readonly strengths: readonly number[] | null;
  /** Whether the strengths take turns from step to step instead. */
  readonly inTurns?: boolean;
  /** Settings that are its own. */
  readonly changes?: Readonly<Record<string, unknown>>;
};

export type StrengthFacts = {
  readonly strength: number;
  /** Share of variants that a classifier still puts into the class of their image, of images that it gets right. */
  readonly kept: number;
  readonly keptLow: number;
  readonly keptHigh: number;
  /** RMS distance from the image, in [0, 1] units. */
  readonly distance: number;
  /** RMS distance among variants of one image, in [0, 1] units. */
  readonly diversity: number;
};
