import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import { stackEmbeddings } from '../models/textSpace.ts';
import type { Asking, Told } from './asking.ts';
import type { Throw } from './throw.ts';

/**
 * What a network is told for all throws of a flight: their classes and the embeddings of their prompts, and before those
 * what guidance leads away from. A tensor in it is the caller's to dispose.
 */
export function* toldFor(model: Model, throws: readonly Throw[]): Asking<Told> {
  const [{ plan, aim }] = throws as readonly [Throw];
  const { isGuided, guidance } = plan;
  const labels = aim.label === undefined ? undefined : throws.map((one) => one.aim.label as number);
  const nothing = model.labels?.nullLabel;
  const both = labels && isGuided && nothing !== undefined ? [...labels.map(() => nothing), ...labels] : undefined;
  const embeddings = model.text && (yield* embeddingsOf(model, throws, isGuided));
  const own = isGuided ? (both ?? (labels && [...labels, ...labels])) : labels;
  const others = { ...(embeddings ? { embeddings } : {}), ...(model.takesGuidance ? { guidance } : {}) };
  const isPlain = Object.keys(others).length === 0;
  const condition = isPlain ? own : { ...(own ? { labels: own } : {}), ...others };
  return { ...(condition ? { condition } : {}), ...(isGuided ? { guidance } : {}) };
}

/** `[N, tokens, width]`, or `[2N, …]` with the negative prompts before the prompts. */
function* embeddingsOf(model: Model, throws: readonly Throw[], isGuided: boolean): Asking<tf.Tensor3D> {
  const text = model.text as NonNullable<Model['text']>;
  const of = (name: 'prompt' | 'negativePrompt'): string[] => throws.map(({ aim }) => aim[name] ?? '');
  const prompts = isGuided ? [...of('negativePrompt'), ...of('prompt')] : of('prompt');
  const rows = (yield { model, prompts }) as readonly Float32Array[];
  return stackEmbeddings(rows, text);
}

/** The tensors of what a network is told. */
export const disposeTold = ({ condition }: Told): void => {
  if (typeof condition === 'object' && 'embeddings' in condition) condition.embeddings?.dispose();
};
