import { createHash } from 'node:crypto';
import type { Operations } from 'tfjs-boomerang';

/** All that decides the figures of a study, beside data and model. */
export type Settings = {
  /** Steps of every training, whatever the arm. */
  readonly steps: number;
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
  readonly keep: number;
  readonly slow: number;
};

export const DEFAULTS: Settings = {
  steps: 400,
  batch: 64,
  learningRate: 0.05,
  extras: 1,
  strength: 0.4,
  bank: 8,
  validation: 5000,
  classical: { flip: true, crop: 2 },
  keep: 0.5,
  slow: 0.4,
};

/** What names a study: equal digests mean that runs may stand in one table. */
export const studyDigest = (facts: unknown): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
