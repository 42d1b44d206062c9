import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { graphBuilder } from '../../src/engines/onnx/graph.ts';
import { onnxOps } from '../../src/engines/onnx/ops.ts';
import type { ExternalData, GraphPort } from '../../src/engines/onnx/protos.ts';
import type { Value } from '../../src/engines/onnx/value.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { formulaWeights } from '../networks/formula.ts';
import { CONFIG } from './onnxCheckpoint.ts';

export type ForeignParts = {
  /** Of the batch. @defaultValue 'batch', any */
  readonly batch?: number | string;
  /** Shape of the timestep. @defaultValue `['batch']` */
  readonly time?: readonly (number | string)[];
  readonly layout?: 'NCHW' | 'NHWC';
  /** An input that nobody expects. */
  readonly spare?: GraphPort;
  /** Changes a weight before it is stored. */
  readonly change?: (name: string, data: Float32Array) => void;
  /** Keeps the weights in a file beside it, of this name. */
  readonly beside?: string;
  /** Of the images, in the order of the layout, where others are to be claimed than [3, 8, 8]. */
  readonly claimed?: readonly (number | string)[];
};

/** Writes the network of `writeCheckpoint` as others export it: named otherwise, by default NCHW and integer timesteps. */
export const writeForeign = (
  path: string,
  { batch = 'batch', time = ['batch'], layout = 'NCHW', spare, change, beside, claimed }: ForeignParts = {},
): string => {
  const config = parseUNet2DConfig(CONFIG);
  const weights = formulaWeights(parameterShapes(unet2d(config)));
  const graph = graphBuilder();
  const stored: Uint8Array[] = [];
  const put = (bytes: Uint8Array, location: string): ExternalData => {
    const offset = stored.reduce((sum, { byteLength }) => sum + byteLength, 0);
    stored.push(bytes);
    return { location, offset, length: bytes.byteLength };
  };
  const take = (name: string): Value => {
    const { shape = [], data: own = new Float32Array() } = weights.get(name) ?? {};
    const data = Float32Array.from(own);
    change?.(name, data);
    const bytes = new Uint8Array(data.buffer);
    graph.initializer(name, { type: 'float32', shape, data: beside === undefined ? bytes : put(bytes, beside) });
    return { name, shape };
  };
  const shape = [batch, ...(claimed ?? (layout === 'NCHW' ? [3, 8, 8] : [8, 8, 3]))];
  const toNchw = (x: string): string => graph.node('Transpose', [x], { perm: { ints: [0, 3, 1, 2] } });
  const x = layout === 'NCHW' ? 'sample' : toNchw('sample');
  const steps = graph.node('Reshape', ['timestep', graph.integers([-1])]);
  const network = unet2d(config).build(onnxOps(graph), take);
  const { output: result } = network({ x: { name: x, shape: [3, 8, 8] }, timesteps: { name: steps, shape: [] } }) as {
    readonly output: Value;
  };
  const output =
    layout === 'NCHW' ? result.name : graph.node('Transpose', [result.name], { perm: { ints: [0, 2, 3, 1] } });
  graph.output('out_sample', output);
  const inputs: GraphPort[] = [
    { name: 'sample', type: 'float32', shape },
    { name: 'timestep', type: 'int64', shape: time },
    ...(spare ? [spare] : []),
  ];
  writeFileSync(
    path,
    graph.encode({ inputs, outputs: [{ name: 'out_sample', type: 'float32', shape }], version: '0' }),
  );
  if (beside !== undefined) writeFileSync(join(dirname(path), beside), Buffer.concat(stored));
  return path;
};
