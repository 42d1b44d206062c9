import type { NetOps } from '../../networks/ops.ts';
import type { GraphBuilder } from './graph.ts';
import { mapShape, type Value } from './value.ts';

/**
 * Normalisation of each group as if it were one channel, then scale and shift per channel as a batch norm that has
 * nothing left to normalise: one pass over the feature map for each.
 *
 * @see Wu and He 2018, arXiv:1803.08494, equations 1 and 2.
 */
export const groupNorm =
  ({ node, integers, floats }: GraphBuilder): NetOps<Value>['groupNorm'] =>
  (x, scale, shift, { groups, epsilon }) => {
    const [channels, height, width] = mapShape(x);
    const all = (value: number, count: number): string => floats(new Array<number>(count).fill(value), [count]);
    const grouped = node('Reshape', [x.name, integers([0, groups, -1])]);
    const inputs = [grouped, all(1, groups), all(0, groups)];
    const normed = node('InstanceNormalization', inputs, { epsilon: { float: epsilon } });
    const apart = node('Reshape', [normed, integers([0, channels, height, width])]);
    const moments = [all(0, channels), all(1, channels)];
    const name = node('BatchNormalization', [apart, scale.name, shift.name, ...moments], { epsilon: { float: 0 } });
    return { name, shape: x.shape };
  };
