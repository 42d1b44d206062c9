import type { Activation } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';

/** What each activation does to every element of a value. */
export const ACTIVATIONS: Readonly<Record<Activation, (graph: GraphBuilder, x: string) => string>> = {
  silu: ({ node }, x) => node('Mul', [x, node('Sigmoid', [x])]), // ONNX Runtime makes one operation of the two
  gelu: ({ node }, x) => node('Gelu', [x]),
  'quick-gelu': ({ node }, x) => node('com.microsoft.QuickGelu', [x], { alpha: { float: 1.702 } }),
  relu: ({ node }, x) => node('Relu', [x]),
  mish: ({ node }, x) => node('Mish', [x]),
  tanh: ({ node }, x) => node('Tanh', [x]),
};
