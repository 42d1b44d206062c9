import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, EnvironmentError } from '../../errors.ts';

/** A node of a TensorFlow graph, as `model.json` holds it. */
export type GraphNode = { readonly name: string; readonly op: string; readonly input?: readonly string[] };

/**
 * Operations whose tfjs kernel goes by another name, and those that are composed of several, of which one stands here.
 * One that has neither a kernel's name nor a place here needs none.
 */
const KERNELS: Readonly<Record<string, string>> = {
  AddV2: 'Add',
  BatchMatMulV2: 'BatchMatMul',
  BiasAdd: 'Add',
  BroadcastTo: 'Tile',
  ConcatV2: 'Concat',
  Conv1D: 'Conv2D',
  DepthwiseConv2d: 'DepthwiseConv2dNative',
  Div: 'RealDiv',
  DivNoNan: 'RealDiv',
  FloorMod: 'Mod',
  FusedBatchNormV2: 'FusedBatchNorm',
  FusedBatchNormV3: 'FusedBatchNorm',
  FusedDepthwiseConv2dNative: 'FusedDepthwiseConv2D',
  Gather: 'GatherV2',
  ImageProjectiveTransformV3: 'Transform',
  IRFFT: 'IFFT',
  LogSoftmax: 'Exp',
  LowerBound: 'SearchSorted',
  MatMul: 'BatchMatMul',
  MatrixBandPart: 'Select',
  Mul: 'Multiply',
  Pad: 'PadV2',
  ReverseV2: 'Reverse',
  RFFT: 'FFT',
  SelectV2: 'Select',
  Split: 'SplitV',
  Squeeze: 'Reshape',
  TopKV2: 'TopK',
  UniqueV2: 'Unique',
  UpperBound: 'SearchSorted',
  _FusedConv2D: 'FusedConv2D',
};

/** Operations after which the converter can only run a graph asynchronously. */
const DYNAMIC =
  /^(Stateless)?(If|While)$|^(Switch|Merge|Enter|Exit|NextIteration|NonMaxSuppressionV[235]|Where)$|HashTable|LookupTable/;

/**
 * Proves that a graph can run before any of it does.
 *
 * @param isKnown Whether the converter knows an operation.
 * @throws CheckpointError `bad-graph` for an input that is no node, `unknown-operation`, `unsupported-operation`.
 * @throws EnvironmentError `no-kernel` for an operation that the current backend cannot compute, and which one can.
 */
export const checkGraph = (nodes: readonly GraphNode[], isKnown: (op: string) => boolean): void => {
  const names = new Set(nodes.map(({ name }) => name));
  for (const { name, op, input = [] } of nodes) {
    const where = `node ${name}`;
    if (!isKnown(op)) {
      const remedy = `register it with registerOp('${op}', …) from @tensorflow/tfjs-converter`;
      throw new CheckpointError('unknown-operation', `${where} is of the unknown operation ${op}; ${remedy}`);
    }
    if (DYNAMIC.test(op)) {
      const rule = `${where} is of the operation ${op}, whose result has no shape known beforehand`;
      throw new CheckpointError('unsupported-operation', `${rule}; export the network without control flow`);
    }
    const dangling = input.map(nodeOf).find((source) => !names.has(source));
    if (dangling !== undefined) {
      throw new CheckpointError('bad-graph', `${where} takes ${dangling}, which is no node; convert the model again`);
    }
    refuseWithoutKernel(op, where);
  }
};

/** `^name` is an order to run first, `name:1` another output of a node. */
const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:.*$/, '');

const refuseWithoutKernel = (op: string, where: string): void => {
  const kernel = KERNELS[op] ?? op;
  const backend = tf.getBackend();
  if (!isKernel(kernel) || tf.getKernel(kernel, backend) !== undefined) return;
  const able = Object.keys(tf.engine().registryFactory).filter((name) => tf.getKernel(kernel, name) !== undefined);
  const remedy =
    able.length > 0
      ? `use a backend that has it: ${able.join(', ')}`
      : 'use the cpu backend (npm install @tensorflow/tfjs-backend-cpu) or tfjs-node';
  throw new EnvironmentError('no-kernel', `${where} needs the kernel ${kernel}, which ${backend} lacks; ${remedy}`);
};

/** tfjs-core exports the name of each kernel under that name. */
const isKernel = (name: string): boolean => (tf as unknown as Readonly<Record<string, unknown>>)[name] === name;
