import type { EpsilonError } from './epsilonError.ts';
import type { ReconstructionError } from './reconstructionError.ts';

/** What a stage is remembered by, to draw and to tell. */
export type History<F extends Found = EpsilonError> = {
  /** The smoothed training loss, now and then. */
  readonly losses: readonly LossPoint[];
  /** What was measured on images that are kept out of training. */
  readonly heldOut: readonly Point<F>[];
};

/** What is measured on held-out images: of a denoiser, or of an autoencoder. */
export type Found = EpsilonError | ReconstructionError;
export type LossPoint = { readonly step: number; readonly loss: number };
/** What was found, and when. */
export type Point<F extends Found> = F & { readonly step: number; readonly minutes: number };
export type HeldOutPoint = Point<EpsilonError>;

export const NO_HISTORY: History<never> = { losses: [], heldOut: [] };

const MOST_POINTS = 400;

/** With a loss more; with too many of them, every other one is forgotten. */
export const withLoss = <F extends Found>({ losses, heldOut }: History<F>, point: LossPoint): History<F> => {
  const all = [...losses, point];
  return { losses: all.length > MOST_POINTS ? all.filter((_, n) => n % 2 === 1) : all, heldOut };
};

/** Whether a loss is worth remembering: the gaps grow as the run does. */
export const isWorthwhile = ({ losses }: Pick<History, 'losses'>, step: number): boolean => {
  const gap = (losses.at(-1)?.step ?? 0) - (losses.at(-2)?.step ?? 0);
  return step - (losses.at(-1)?.step ?? 0) >= Math.max(1, gap, Math.floor(step / MOST_POINTS));
};

export const withHeldOut = <F extends Found>({ losses, heldOut }: History<F>, point: Point<F>): History<F> => ({
  losses,
  heldOut: [...heldOut.filter(({ step }) => step !== point.step), point],
});
