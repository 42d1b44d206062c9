import type { NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { onnxOps } from './ops.ts';
import { plainAttention } from './plainAttention.ts';
import { mapShape, type Value } from './value.ts';

/**
 * The operations as ONNX Runtime's WebGPU engine computes them right (1.30): `onnxOps`, but for its fused attention, and
 * but for convolutions of 6, 9, 15, 18… channels, a multiple of 3 and not of 4, whose results are off by as much as they
 * are large where the channels that come out are a multiple of 4. Those are given channels of zeros up to the next
 * multiple of 4.
 */
export const gpuOps = (graph: GraphBuilder): NetOps<Value> => {
  const ops = onnxOps(graph);
  return {
    ...ops,
    ...plainAttention(graph),
    conv2d(x, weight, bias, options) {
      const [channels] = mapShape(x);
      if (channels === 3 || channels % 3 !== 0 || channels % 4 === 0) return ops.conv2d(x, weight, bias, options);
      const missing = 4 - (channels % 4);
      return ops.conv2d(widened(graph, x, missing, 0), widened(graph, weight, missing, 1), bias, options);
    },
  };
};

/** Zeros after the channels, which a map has first in its shape, before which comes the batch, and a weight second. */
const widened = ({ node, integers }: GraphBuilder, { name, shape }: Value, missing: number, axis: number): Value => ({
  name: node('Pad', [name, integers([0, 0, 0, 0, 0, missing, 0, 0])]),
  shape: shape.map((size, n) => (n === axis ? size + missing : size)),
});
