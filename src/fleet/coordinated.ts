import type { Destination } from '../node/runs/destination.ts';
import type { RunEntry } from './entry.ts';
import type { Fleet } from './fleet.ts';
import type { Progress } from './progress.ts';
import type { Say } from './watchConnection.ts';

/** A run that is to be spread over the workers of a fleet. */
export type Coordinated = {
  readonly fleet: Fleet;
  readonly entry: RunEntry;
  /** Claimed for the plan of the run. */
  readonly destination: Destination;
  readonly signal: AbortSignal;
  readonly say: Say;
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
  /** So many images at most may give nothing. @defaultValue any */
  readonly mostFailed?: number;
};
