import { warnOnce } from '../warn.ts';
import type { ClipTextConfig } from './clipTextConfig.ts';

const PREFIX = 'text_model.';
const PROJECTION = 'text_projection.weight';

/** Whether a tensor of a checkpoint holds the numbers 0, 1, 2, …, which transformers saved before 4.31: no weight. */
export const isCounting = (name: string): boolean => name.endsWith('embeddings.position_ids');

/**
 * The weights of a text encoder under the names that its architecture asks for, whichever version of transformers saved
 * them: since version 5 a `CLIPTextModel` leaves the prefix `text_model.` out. A projection, where the config has one,
 * is left out aloud.
 */
export const clipTextWeights = <W>(
  weights: ReadonlyMap<string, W>,
  { projection }: ClipTextConfig,
): ReadonlyMap<string, W> => {
  const prefix = [...weights.keys()].some((name) => name.startsWith(PREFIX)) ? '' : PREFIX;
  const named = new Map<string, W>();
  for (const [name, weight] of weights) {
    if (isCounting(name)) continue;
    if (name !== PROJECTION || projection === null) named.set(prefix + name, weight);
    else warnOnce(`${name} of the text encoder is not used: a prompt acts by its hidden states`);
  }
  return named;
};
