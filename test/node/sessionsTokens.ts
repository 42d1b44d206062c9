import { writeFileSync } from 'node:fs';
import { graphBuilder } from '../../src/engines/onnx/graph.ts';
import type { GraphPort } from '../../src/engines/onnx/protos.ts';
import type { SessionFeeds } from '../../src/node/sessions/feeds.ts';
import { waves } from './sessionsFeeds.ts';

export type TokenGraph = {
  /** Whether maps lie as NCHW. @defaultValue false */
  readonly isNchw?: boolean;
};

/**
 * Writes a graph of four inputs and two outputs whose rows do not see each other: `map` [N, H, W, 2] is
 * x + timesteps + the mean of the row's embeddings, and `tokens` [N, L, 3] is 2 · embeddings + ids.
 */
export const writeTokenGraph = (path: string, { isNchw = false }: TokenGraph = {}): string => {
  const graph = graphBuilder();
  const column = graph.integers([-1, 1, 1, 1]);
  const mean = graph.node('ReduceMean', ['embeddings', graph.integers([1, 2])], { keepdims: { int: 0 } });
  const offset = graph.node('Reshape', [graph.node('Add', [mean, 'timesteps']), column]);
  graph.output('map', graph.node('Add', ['x', offset]));
  const numbers = graph.node('Cast', ['ids'], { to: { int: 1 } });
  const doubled = graph.node('Mul', ['embeddings', graph.floats([2], [1])]);
  const raised = graph.node('Add', [doubled, graph.node('Unsqueeze', [numbers, graph.integers([2])])]);
  graph.output('tokens', raised);
  const map = { type: 'float32', shape: isNchw ? ['N', 2, 'H', 'W'] : ['N', 'H', 'W', 2] } as const;
  const tokens = { type: 'float32', shape: ['N', 'L', 3] } as const;
  const inputs: GraphPort[] = [
    { name: 'x', ...map },
    { name: 'timesteps', type: 'float32', shape: ['N'] },
    { name: 'embeddings', ...tokens },
    { name: 'ids', type: 'int64', shape: ['N', 'L'] },
  ];
  const outputs = [
    { name: 'map', ...map },
    { name: 'tokens', ...tokens },
  ];
  writeFileSync(path, graph.encode({ inputs, outputs, version: '0' }));
  return path;
};

/** Feeds for it that differ in every row. */
export const tokenFeeds = (rows: number, tokens: number, seed = 0): SessionFeeds => ({
  rows,
  inputs: {
    ids: { data: Array.from({ length: rows * tokens }, (_, n) => seed + 3 * n), shape: [tokens] },
    embeddings: { data: waves(rows, [tokens, 3], seed), shape: [tokens, 3] },
    timesteps: { data: Array.from({ length: rows }, (_, n) => seed + 10 * n), shape: [] },
    x: { data: waves(rows, [4, 3, 2], seed + 0.5), shape: [4, 3, 2] },
  },
});
