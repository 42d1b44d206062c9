import type { Affine, NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { mapShape, type Value } from './value.ts';

/**
 * Self-attention that leaves feature maps as `[N, C, H, W]`: the projections are convolutions of 1 x 1, and the
 * products are of matrices `[dim, positions]`, whose transposition ONNX Runtime leaves to the product.
 */
export const attention =
  ({ node, integers, floats }: GraphBuilder): NetOps<Value>['attention'] =>
  (x, weights, { count, dim }) => {
    const [, height, width] = mapShape(x);
    const project = (y: string, { weight, bias }: Affine<Value>): string =>
      node('Conv', [y, node('Unsqueeze', [weight.name, integers([2, 3])]), bias.name]);
    const split = (part: Affine<Value>): string =>
      node('Reshape', [project(x.name, part), integers([0, count, dim, height * width])]);
    const transposed = (y: string): string => node('Transpose', [y], { perm: { ints: [0, 1, 3, 2] } });
    const products = node('MatMul', [transposed(split(weights.query)), split(weights.key)]);
    const scores = node('Mul', [products, floats([1 / Math.sqrt(dim)], [])]);
    const shares = node('Softmax', [scores], { axis: { int: -1 } });
    const mixed = node('MatMul', [split(weights.value), transposed(shares)]);
    const joined = node('Reshape', [mixed, integers([0, count * dim, height, width])]);
    return { name: project(joined, weights.out), shape: x.shape };
  };
