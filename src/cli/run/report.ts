import type { RunIndex } from '../../node/runs/runIndex.ts';
import type { PartDone } from '../../node/runs/runShards.ts';

/** What a run has done; JSON for programs. */
export type RunReport = PartDone & {
  readonly place: string;
  /** The digest of the plan. */
  readonly run: string;
  readonly shards: number;
  /** Shards that others are to make yet. */
  readonly missing: number;
  readonly seconds: number;
  /** Once all shards are there. */
  readonly index?: Pick<RunIndex, 'samples' | 'unchanged' | 'failed' | 'made'>;
};

/** What a report says of a run that is finished. */
export const ofIndex = ({ samples, unchanged, failed, made }: RunIndex): NonNullable<RunReport['index']> => ({
  samples,
  unchanged,
  failed,
  made,
});
