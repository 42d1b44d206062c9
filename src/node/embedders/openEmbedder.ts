import type { Embedder } from '../../apps/anonymise/embedder.ts';

/** An embedder that holds a thread or a network; dispose of it when done. */
export type OpenEmbedder = Embedder & {
  readonly id: string;
  dispose(): Promise<void>;
};
