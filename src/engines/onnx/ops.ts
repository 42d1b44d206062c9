import type { ConvOptions, NetOps } from '../../networks/ops.ts';
import { ACTIVATIONS } from './activations.ts';
import { attention } from './attention.ts';
import type { GraphBuilder } from './graph.ts';
import { groupNorm } from './groupNorm.ts';
import { ELEMENTS } from './protos.ts';
import { rowOps } from './rows.ts';
import { mapShape, type Value } from './value.ts';

/**
 * The operations of a network as nodes of a graph. Feature maps lie as `[N, C, H, W]`, which is how ONNX Runtime's
 * processor engine computes them; parameters are as PyTorch has them, and their shapes are whole. The forms of the
 * operations are those that it runs fastest: benchmarks/README.md has what else was tried. For GPUs,
 * see `gpuOps`.
 */
export const onnxOps = (graph: GraphBuilder): NetOps<Value> => ({
  conv2d: conv2d(graph),
  groupNorm: groupNorm(graph),
  activate: (x, activation) => ({ name: ACTIVATIONS[activation](graph, x.name), shape: x.shape }),
  add: (a, b) => ({ name: graph.node('Add', [a.name, b.name]), shape: a.shape }),
  multiply: (a, b) => ({ name: graph.node('Mul', [a.name, b.name]), shape: a.shape }),
  ...elementwise(graph),
  ...resampling(graph),
  ...rowOps(graph),
  attention: attention(graph, conv2d(graph)),
  sinusoid: (timesteps, frequencies, order) => {
    const numbers = graph.node('Cast', [timesteps.name], { to: { int: ELEMENTS.float32 } });
    const column = graph.node('Unsqueeze', [numbers, graph.integers([1])]);
    const table = graph.floats(frequencies, [1, frequencies.length], 'float32'); // half is too coarse for an angle
    const angles = graph.node('Mul', [column, table]);
    const [sines, cosines] = [graph.node('Sin', [angles]), graph.node('Cos', [angles])];
    const parts = order === 'sin-cos' ? [sines, cosines] : [cosines, sines];
    const both = graph.node('Concat', parts, { axis: { int: 1 } });
    const name = graph.real === 'float32' ? both : graph.node('Cast', [both], { to: { int: ELEMENTS[graph.real] } });
    return { name, shape: [2 * frequencies.length] };
  },
  part: (compute) => compute(),
});

const conv2d =
  (graph: GraphBuilder): NetOps<Value>['conv2d'] =>
  (x, weight, bias, { stride, padding }) => ({
    name: graph.node('Conv', [x.name, weight.name, ...(bias ? [bias.name] : [])], convAttributes(stride, padding)),
    shape: convolved(x, weight, { stride, padding }),
  });

const elementwise = (graph: GraphBuilder): Pick<NetOps<Value>, 'affine' | 'addVector' | 'modulate'> => {
  const { node, integers, floats } = graph;
  const overSpace = (vector: string): string => node('Unsqueeze', [vector, integers([2, 3])]);
  return {
    affine: ({ name, shape }, factor, offset) => {
      const scaled = factor === 1 ? name : node('Mul', [name, floats([factor], [])]);
      return { name: offset === 0 ? scaled : node('Add', [scaled, floats([offset], [])]), shape };
    },
    addVector: (x, vector) => ({ name: node('Add', [x.name, overSpace(vector.name)]), shape: x.shape }),
    modulate: (x, scaleShift) => {
      const halves = node('Reshape', [scaleShift.name, integers([0, 2, -1])]);
      const half = (index: number): string =>
        overSpace(node('Gather', [halves, integers([index], [])], { axis: { int: 1 } }));
      const scaled = node('Mul', [x.name, node('Add', [half(0), floats([1], [])])]);
      return { name: node('Add', [scaled, half(1)]), shape: x.shape };
    },
  };
};

type Resampling = Pick<NetOps<Value>, 'concatChannels' | 'upsample2x' | 'upsampleLike' | 'averagePool2x'>;

const NEAREST = {
  mode: { text: 'nearest' },
  coordinate_transformation_mode: { text: 'asymmetric' },
  nearest_mode: { text: 'floor' },
} as const;

const resampling = (graph: GraphBuilder): Resampling => ({
  concatChannels: (a, b) => {
    const [[first, height, width], [second]] = [mapShape(a), mapShape(b)];
    const name = graph.node('Concat', [a.name, b.name], { axis: { int: 1 } });
    return { name, shape: [first + second, height, width] };
  },
  upsample2x: (x) => upsampled(graph, x),
  upsampleLike: (x, like) => {
    const [[channels, height, width], [, toHeight, toWidth]] = [mapShape(x), mapShape(like)];
    if (toHeight === 2 * height && toWidth === 2 * width) return upsampled(graph, x);
    const sizes = graph.integers([toHeight, toWidth]);
    const name = graph.node('Resize', [x.name, '', '', sizes], { ...NEAREST, axes: { ints: [2, 3] } });
    return { name, shape: [channels, toHeight, toWidth] };
  },
  averagePool2x: (x) => {
    const [channels, height, width] = mapShape(x);
    const windows = { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } };
    const shape = [channels, Math.floor(height / 2), Math.floor(width / 2)];
    return { name: graph.node('AveragePool', [x.name], windows), shape };
  },
});

const upsampled = (graph: GraphBuilder, x: Value): Value => {
  const [channels, height, width] = mapShape(x);
  const name = graph.node('Resize', [x.name, '', graph.floats([1, 1, 2, 2], [4], 'float32')], NEAREST);
  return { name, shape: [channels, 2 * height, 2 * width] };
};

const convAttributes = (stride: number, [top, bottom, left, right]: ConvOptions['padding']) => ({
  strides: { ints: [stride, stride] },
  pads: { ints: [top, left, bottom, right] },
});

const convolved = (x: Value, weight: Value, { stride, padding }: ConvOptions): readonly number[] => {
  const [, height, width] = mapShape(x);
  const [out = 0, , high = 0, wide = 0] = weight.shape;
  const [top, bottom, left, right] = padding;
  const along = (size: number, window: number): number => Math.floor((size - window) / stride) + 1;
  return [out, along(height + top + bottom, high), along(width + left + right, wide)];
};
