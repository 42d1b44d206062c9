import type { Model } from '../../models/model.ts';
import { breathe } from './breathe.ts';

export type ModelWatch = {
  /** Looked at before every evaluation, and before images are encoded or decoded. */
  readonly signal: AbortSignal;
  /** Told after every call of the network how many images it took. */
  readonly onEvaluated?: (images: number) => void;
};

/** A model whose evaluations are counted, and that ends when it is told to; it need not be disposed. */
export const watchModel = (model: Model, { signal, onEvaluated }: ModelWatch): Model => ({
  ...model,
  async predictAsync(x, timesteps, condition) {
    await breathe(signal);
    const output = await model.predictAsync(x, timesteps, condition);
    onEvaluated?.(x.shape[0]);
    return output;
  },
  async encodeAsync(images) {
    await breathe(signal);
    return model.encodeAsync(images);
  },
  async decodeAsync(latents) {
    await breathe(signal);
    return model.decodeAsync(latents);
  },
});
