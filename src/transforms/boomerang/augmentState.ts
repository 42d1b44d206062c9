import type { TransformState } from '../transform.ts';
import type { SlowLearnersState } from './slowLearners.ts';

/** The options of an augmenter as plain JSON. */
export type AugmentConfig = {
  readonly version: 2;
  /** What can be written down; what was left out stays out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the options that only code can say: `augmentFrom` wants them again. */
  readonly live: readonly string[];
};

/** Where an augmenter stands, as plain JSON: everything else follows from addresses. */
export type AugmentState = TransformState & {
  readonly config: AugmentConfig;
  readonly modelDigest: string;
  /** Values of what adapts. */
  readonly adaptive: { readonly strength?: number; readonly probability?: number };
  /** What `slowLearners` has recorded and selected. */
  readonly selection?: SlowLearnersState;
};
