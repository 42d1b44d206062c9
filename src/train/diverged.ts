import { ArgumentError } from '../errors.ts';

/** What a step came to. */
export type StepFigures = {
  /** The step under way, from 1 on. */
  readonly step: number;
  readonly loss: number;
  /** Length of all gradients together, before it is bounded. */
  readonly norm: number;
  readonly learningRate: number;
};

/**
 * Refuses a step that came to nothing finite, before anything is kept of it.
 *
 * @param rest finite where all that the step would keep is finite.
 * @throws ArgumentError `diverged`.
 */
export const refuseDiverged = ({ step, loss, norm, learningRate }: StepFigures, rest = 0): void => {
  if (Number.isFinite(loss) && Number.isFinite(norm) && Number.isFinite(rest)) return;
  const figures = `loss ${loss}, gradient norm ${norm}, learning rate ${learningRate.toExponential(1)}`;
  const reason = Number.isFinite(loss + norm) ? 'the weights would not be finite' : 'it is not finite';
  const remedy = `begin another run with a lower learningRate (--learning-rate), from the last good weights if you like`;
  throw new ArgumentError(
    'diverged',
    `the training diverged at step ${step} (${figures}): ${reason}; nothing of this step was kept; ${remedy}`,
  );
};
