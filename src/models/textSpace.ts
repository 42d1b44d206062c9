import * as tf from '@tensorflow/tfjs-core';
import { LRUCache } from 'lru-cache';
import { ArgumentError } from '../errors.ts';
import type { TextSpace } from './model.ts';
import type { NetworkRunner } from './networkRunner.ts';

export type TextParts = {
  /** The text as the encoder takes it: `tokens` ids, start and end and padding included. */
  readonly tokenize: (text: string) => readonly number[];
  /** Takes `ids` and gives `output`, `[N, tokens, width]`; owned from here on. */
  readonly encoder: NetworkRunner;
  readonly tokens: number;
  readonly width: number;
  readonly classes?: readonly string[];
};

/** Bytes that embeddings may take together: a thousand prompts of Stable Diffusion. */
const MOST_BYTES = 2 ** 28;

/** Prompts that go through the encoder at once. */
const BATCH = 16;

/** Embeddings of prompts, each computed once and kept. */
export const makeTextSpace = ({ tokenize, encoder, ...known }: TextParts): TextSpace => {
  const kept = new LRUCache<string, Float32Array>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ byteLength }) => byteLength,
  });
  const { tokens, width } = known;
  /** What is computed right now: whoever asks for the same meanwhile waits for it. */
  const underway = new Map<string, Promise<ReadonlyMap<string, Float32Array>>>();
  let isReleased = false;
  const idsOf = (prompts: readonly string[]): tf.Tensor2D =>
    tf.tensor2d(prompts.flatMap(tokenize), [prompts.length, tokens], 'int32');
  /** Puts what was computed with what is known. */
  const keep = (prompts: readonly string[], values: Float32Array): Map<string, Float32Array> => {
    const size = tokens * width;
    const made = new Map(prompts.map((prompt, n) => [prompt, values.slice(n * size, (n + 1) * size)]));
    for (const [prompt, own] of made) kept.set(prompt, own);
    return made;
  };
  const compute = async (prompts: readonly string[]): Promise<Map<string, Float32Array>> => {
    const ids = idsOf(prompts);
    const outputs = await encoder.runAsync({ ids }).finally(() => ids.dispose());
    try {
      return keep(prompts, await outputOf(outputs).data<'float32'>());
    } finally {
      tf.dispose(Object.values(outputs));
    }
  };
  /** What is known of some prompts, and the others in batches. */
  const sorted = (prompts: readonly string[]): { found: Map<string, Float32Array>; missing: string[][] } => {
    const found = new Map<string, Float32Array>();
    for (const prompt of prompts) {
      const own = kept.get(prompt);
      if (own) found.set(prompt, own);
    }
    const fresh = [...new Set(prompts)].filter((prompt) => !found.has(prompt));
    if (fresh[0] !== undefined && isReleased) throw released(fresh[0]);
    const count = Math.ceil(fresh.length / BATCH);
    return { found, missing: Array.from({ length: count }, (_, n) => fresh.slice(n * BATCH, (n + 1) * BATCH)) };
  };
  const inOrder = (prompts: readonly string[], found: ReadonlyMap<string, Float32Array>): Float32Array[] =>
    prompts.map((prompt) => found.get(prompt) as Float32Array);
  return {
    ...known,
    embed(prompts) {
      const { found, missing } = sorted(prompts);
      for (const some of missing) {
        const values = tf.tidy(() => outputOf(encoder.run({ ids: idsOf(some) })).dataSync<'float32'>());
        for (const [prompt, own] of keep(some, values)) found.set(prompt, own);
      }
      return inOrder(prompts, found);
    },
    async embedAsync(prompts) {
      const batches = new Set(prompts.flatMap((prompt) => underway.get(prompt) ?? []));
      const { found, missing } = sorted(prompts.filter((prompt) => !underway.has(prompt)));
      for (const some of missing) {
        const batch = compute(some).finally(() => some.map((prompt) => underway.delete(prompt)));
        for (const prompt of some) underway.set(prompt, batch);
        batches.add(batch);
      }
      for (const batch of await Promise.all(batches)) for (const [prompt, own] of batch) found.set(prompt, own);
      return inOrder(prompts, found);
    },
    release() {
      if (!isReleased) encoder.dispose();
      isReleased = true;
    },
  };
};

/** Embeddings of prompts as the condition of a network, `[N, tokens, width]`, owned by the caller. */
export const stackEmbeddings = (
  rows: readonly Float32Array[],
  { tokens, width }: Pick<TextSpace, 'tokens' | 'width'>,
): tf.Tensor3D => {
  const values = new Float32Array(rows.length * tokens * width);
  for (const [n, row] of rows.entries()) values.set(row, n * row.length);
  return tf.tensor3d(values, [rows.length, tokens, width]);
};

const outputOf = (outputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor => outputs['lastHiddenState'] as tf.Tensor;

const released = (prompt: string): ArgumentError =>
  new ArgumentError(
    'text-released',
    `the text encoder was released, and "${prompt.slice(0, 60)}" is not among the prompts that it met before; ` +
      'embed all prompts first, or open the model again',
  );
