import { createHash } from 'node:crypto';
import type { Operations } from 'tfjs-boomerang';

/** Classical augmentation as strong as a search found best, and labels as they are best for it. */
export type Strong = Operations & {
  /** Adds one change of any strength to each image. */
  readonly trivial?: boolean;
  /** The share of every label that goes to all classes alike (label smoothing); none where absent. */
  readonly smoothing?: number;
};

/** How extra draws are labelled by a teacher. */
export type TeacherSettings = {
  /** Of its weights, how much stays in a step; less in the first ones. */
  readonly decay: number;
  /** How sure it must be, in [0, 1]; other extra draws count for nothing in their step. */
  readonly threshold: number;
  /** Whether its answer is the likeliest class alone, instead of all probabilities. */
  readonly hard: boolean;
  /** Whether extra draws keep their own label, and count only where it is the likeliest class to the teacher. */
  readonly agrees?: boolean;
};

/** All that decides the figures of a study, beside data and model. */
export type Settings = {
  /** Steps of every training, whatever the arm, and so many more for each labelled image of a class. */
  readonly steps: number;
  readonly stepsPerLabel: number;
  readonly batch: number;
  /** Of momentum 0.9 at the first step; falls along half a cosine to 0. */
  readonly learningRate: number;
  /** Extra draws of each image in a pass. */
  readonly extras: number;
  readonly strength: number;
  /** Variants of each image that are made once; 0 makes new ones while training. */
  readonly bank: number;
  /** Training images that are held out. */
  readonly validation: number;
  readonly classical: Operations;
  /** Labels of variants are trusted less the further they were thrown: gamma of `softLabels`. */
  readonly gamma: number;
  /** The images that accuracy is told of: those of validation while settings are chosen, those of test once. */
  readonly on: 'validation' | 'test';
  /** Least probability of their class that a filter asks of variants. */
  readonly keep: number;
  /** The share of the images that counts as learned slowly. */
  readonly slow: number;
  /** Of the arms on strong classical augmentation; absent where a study has none of them, as all after it. */
  readonly strong?: Strong;
  /** The share of its labels that every second class keeps; all of them where absent. */
  readonly rare?: number;
  /** The share of the extra draws that are variants; all of them where absent. */
  readonly probability?: number;
  /** Of the arms whose extra draws are labelled by a teacher. */
  readonly teacher?: TeacherSettings;
};

export const DEFAULTS: Settings = {
  steps: 450,
  stepsPerLabel: 6,
  batch: 64,
  learningRate: 0.1,
  extras: 3,
  strength: 0.3,
  bank: 10,
  validation: 5000,
  classical: { flip: true, crop: 2 },
  gamma: 1,
  on: 'test',
  keep: 0.3,
  slow: 0.4,
};

/** As found best of what was tried on validation images: see `search.ts`. */
export const STRONG: Strong = { flip: true, crop: 2, randAugment: { n: 1, magnitude: 4 }, cutmix: 1 };

export const TEACHER: TeacherSettings = { decay: 0.99, threshold: 0.8, hard: true };

/** Steps of a training with so many labelled images of each class. */
export const stepsFor = ({ steps, stepsPerLabel }: Settings, perClass: number): number =>
  steps + stepsPerLabel * perClass;

/** What names a study: equal digests mean that runs may stand in one table. */
export const studyDigest = (facts: unknown): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
