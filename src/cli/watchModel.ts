import type { Model } from '../models/model.ts';
import { breathe } from './interrupt.ts';

export type ModelWatch = {
  /** Looked at before every evaluation. */
  readonly signal: AbortSignal;
  /** Told after every call of the network how many images it took. */
  readonly onEvaluated?: (images: number) => void;
};

/** A model whose evaluations are counted, and that ends when it is told to; it need not be disposed. */
export const watchModel = (model: Model, { signal, onEvaluated }: ModelWatch): Model => ({
  ...model,
  async predictAsync(x, timesteps, labels) {
    await breathe(signal);
    const output = await model.predictAsync(x, timesteps, labels);
    onEvaluated?.(x.shape[0]);
    return output;
  },
});
