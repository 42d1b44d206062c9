import { LRUCache } from 'lru-cache';
import type { SweepPoint } from '../../../node/tuning/sweep.ts';
import { type KeptLatents, keepEncodings } from '../../../returns/keptLatents.ts';
import type { Lost } from '../../api.ts';
import type { Choice } from '../../choice.ts';

/** What was measured with some settings. */
export type Measured = {
  /** The class of each image that was measured; empty until then. */
  labels: readonly number[];
  readonly points: SweepPoint[];
  /** What lost its label, by strength. */
  readonly lost: Map<number, readonly Lost[]>;
  readonly encodings: KeptLatents;
};

/** What was measured in this studio, by everything that it depends on but the strength. */
export type KeptMeasures = (choice: Choice) => Measured;

const MOST_SETTINGS = 12;
/** Strengths at which variants that lost their label are kept, of each of the settings. */
export const MOST_LOST = 8;

export const keepMeasures = (): KeptMeasures => {
  const all = new LRUCache<string, Measured>({ max: MOST_SETTINGS });
  return ({ seed, way, measure: { images, variants } }) => {
    const settings = JSON.stringify([seed, Object.entries(way).sort(), images, variants]);
    const known = all.get(settings);
    if (known) return known;
    const fresh: Measured = { labels: [], points: [], lost: new Map(), encodings: keepEncodings() };
    all.set(settings, fresh);
    return fresh;
  };
};
