import { createHash } from 'node:crypto';
import { planDigest, type RunPlan } from '../node/runs/plan.ts';
import type { RunPlaces } from './task.ts';

/** A run as the queue knows it: no passwords, which each machine has in its own environment. */
export type RunEntry = {
  /** Of this form. */
  readonly version: 1;
  readonly plan: RunPlan;
  readonly places: RunPlaces;
  /** What whoever started it calls the model. */
  readonly model: string;
  /** 1 goes first. */
  readonly priority: number;
};

/** By what a run is known in the queue, 16 hexadecimal digits: the same plan may be made at two destinations. */
export const runId = ({ plan, places }: RunEntry): string =>
  createHash('sha256')
    .update(JSON.stringify([planDigest(plan), places.destination]))
    .digest('hex')
    .slice(0, 16);
