import type { Affine, NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { mapShape, type Value } from './value.ts';

/**
 * Self-attention that leaves feature maps as `[N, C, H, W]`: the projections are convolutions of 1 x 1, and the
 * products are of matrices `[dim, positions]`, whose transposition ONNX Runtime leaves to the product.
 */
export const attention =
  ({ node, integers, floats }: GraphBuilder, conv2d: NetOps<Value>['conv2d']): NetOps<Value>['attention'] =>
  (x, weights, { count, dim }) => {
    const [, height, width] = mapShape(x);
    const project = (y: Value, { weight, bias }: Affine<Value>): Value => {
      const kernel = { name: node('Unsqueeze', [weight.name, integers([2, 3])]), shape: [...weight.shape, 1, 1] };
      return conv2d(y, kernel, bias, POINTWISE);
    };
    const split = (part: Affine<Value>): string =>
      node('Reshape', [project(x, part).name, integers([0, count, dim, height * width])]);
    const transposed = (y: string): string => node('Transpose', [y], { perm: { ints: [0, 1, 3, 2] } });
    const products = node('MatMul', [transposed(split(weights.query)), split(weights.key)]);
    const scores = node('Mul', [products, floats([1 / Math.sqrt(dim)], [])]);
    const shares = node('Softmax', [scores], { axis: { int: -1 } });
    const mixed = node('MatMul', [split(weights.value), transposed(shares)]);
    const joined = node('Reshape', [mixed, integers([0, count * dim, height, width])]);
    return project({ name: joined, shape: [count * dim, height, width] }, weights.out);
  };

const POINTWISE = { stride: 1, padding: [0, 0, 0, 0] } as const;
