import type { EpsilonError } from './epsilonError.ts';

/** What is remembered of a run, to draw and to tell. */
export type History = {
  /** The smoothed training loss, now and then. */
  readonly losses: readonly LossPoint[];
  /** What was measured on images that are kept out of training. */
  readonly heldOut: readonly HeldOutPoint[];
};

export type LossPoint = { readonly step: number; readonly loss: number };
export type HeldOutPoint = EpsilonError & { readonly step: number; readonly minutes: number };

export const NO_HISTORY: History = { losses: [], heldOut: [] };

const MOST_POINTS = 400;

/** With a loss more; with too many of them, every other one is forgotten. */
export const withLoss = ({ losses, heldOut }: History, point: LossPoint): History => {
  const all = [...losses, point];
  return { losses: all.length > MOST_POINTS ? all.filter((_, n) => n % 2 === 1) : all, heldOut };
};

/** Whether a loss is worth remembering: the gaps grow as the run does. */
export const isWorthwhile = ({ losses }: History, step: number): boolean => {
  const gap = (losses.at(-1)?.step ?? 0) - (losses.at(-2)?.step ?? 0);
  return step - (losses.at(-1)?.step ?? 0) >= Math.max(1, gap, Math.floor(step / MOST_POINTS));
};

export const withHeldOut = ({ losses, heldOut }: History, point: HeldOutPoint): History => ({
  losses,
  heldOut: [...heldOut.filter(({ step }) => step !== point.step), point],
});
