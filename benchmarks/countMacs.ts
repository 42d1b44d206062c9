import type { Architecture } from '../src/networks/architecture.ts';
import type { Affine, NetOps } from '../src/networks/ops.ts';
import { inputShapes, type Shape, type Sizes, shapeOps, sizeOf } from '../src/networks/shapeOps.ts';

/**
 * Operations of a network on shapes, which report how many multiplications with an addition each convolution and matrix
 * product takes. What a network does element by element is not counted: a matrix product's rate is what it is compared
 * to.
 */
export const countingOps = (report: (macs: number) => void): NetOps<Shape> => {
  const linear: NetOps<Shape>['linear'] = (x, weight, bias) => {
    report(sizeOf(x.slice(0, -1)) * sizeOf(weight));
    return shapeOps.linear(x, weight, bias);
  };
  return {
    ...shapeOps,
    conv2d: (x, weight, bias, options) => {
      const result = shapeOps.conv2d(x, weight, bias, options);
      report(sizeOf(result.slice(0, -1)) * sizeOf(weight));
      return result;
    },
    linear,
    attend: (query, key, _, heads) => {
      report(2 * sizeOf(query.slice(0, 2)) * (key[1] ?? 0) * heads.count * heads.dim); // scores, and their sums of values
      return query;
    },
    attention: (x, weights, heads) => {
      const [count = 0, height = 0, width = 0, channels = 0] = x;
      const positions = height * width;
      for (const { weight, bias } of Object.values<Affine<Shape>>(weights)) {
        linear([count * positions, channels], weight, bias);
      }
      report(2 * count * positions ** 2 * heads.count * heads.dim); // scores, and their sums of values
      return x;
    },
  };
};

/** Multiplications with an addition that a network takes for one image; two floating-point operations each. */
export const countMacs = (architecture: Architecture, sizes: Sizes): number => {
  let total = 0;
  const ops = countingOps((macs) => {
    total += macs;
  });
  architecture.build<Shape>(ops, (_, shape) => shape)(inputShapes(architecture, sizes));
  return total;
};
