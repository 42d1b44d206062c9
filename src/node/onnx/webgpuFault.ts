import type { GraphProto } from 'onnx-buf';

/**
 * What in a graph ONNX Runtime's WebGPU engine computes wrong (1.30), without a word; see `gpuOps`, which writes other
 * forms of the same.
 */
export const webgpuFault = ({ node, initializer }: GraphProto): string | undefined => {
  const weights = new Map(initializer.map(({ name, dims }) => [name, dims.map(Number)]));
  for (const { opType, domain, input } of node) {
    if (domain === 'com.microsoft' && opType === 'MultiHeadAttention') {
      return 'a MultiHeadAttention, which WebGPU computes wrong';
    }
    const [to = 0, from = 0] = (opType === 'Conv' && weights.get(input[1] ?? '')) || [];
    if (from > 3 && from % 3 === 0 && from % 4 !== 0 && to % 4 === 0) {
      return `a convolution of ${from} channels, which WebGPU computes wrong`;
    }
  }
  return undefined;
};
