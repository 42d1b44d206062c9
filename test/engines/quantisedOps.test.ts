import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fromBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { ModelProtoSchema } from 'onnx-buf';
import type * as Onnx from 'onnxruntime-node';
import { networkGraph } from '../../src/engines/onnx/networkGraph.ts';
import type { ConvRanges } from '../../src/engines/onnx/quantisedOps.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { unet2d } from '../../src/networks/unet2d.ts';
import { parseUNet2DConfig } from '../../src/networks/unet2dConfig.ts';
import { requireOnnxRuntime } from '../../src/node/sessions/onnxRuntime.ts';
import { formula, formulaWeights } from '../networks/formula.ts';
import { CONFIG } from '../node/onnxCheckpoint.ts';
import { scratchFolder } from '../support/scratch.ts';
import { largestDifference } from '../support/tensors.ts';
import { evaluateGraph, inline } from './onnxRun.ts';

const { InferenceSession }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

const config = { ...CONFIG, block_out_channels: [16, 32] };
const architecture = unet2d(parseUNet2DConfig(config));
const shapes = parameterShapes(architecture);
const weights = inline(formulaWeights(shapes));
const graphOf = (convRanges: 'measure' | readonly ConvRanges[]): Uint8Array =>
  networkGraph({ architecture, sizes: { height: 8, width: 8 }, weights, version: '0', convRanges });

const run = (graph: Uint8Array, count = 2) =>
  evaluateGraph(graph, {
    x: { data: formula('x', [count, 8, 8, 3]), shape: [count, 8, 8, 3] },
    timesteps: { data: new Float32Array(count).fill(300), shape: [count] },
  });

/** Maps and projections of attention alike, but for the first and the last. */
const WIDE = [...shapes].filter(
  ([name, [to = 0, from = 0, ...kernel]]) =>
    name.endsWith('.weight') && (kernel.length > 0 || /\.to_/.test(name)) && Math.min(to, from) >= 16,
).length;

const measured = async (): Promise<readonly ConvRanges[]> => {
  const { ranges } = await run(graphOf('measure'), 1);
  const at = (n: number) => [ranges?.data[n] ?? 0, ranges?.data[n + 1] ?? 0] as const;
  return Array.from({ length: WIDE }, (_, n) => ({ input: at(4 * n), output: at(4 * n + 2) }));
};

describe('a graph that measures ranges', () => {
  it('gives least and largest numbers of every wide convolution, image by image, and the output as it is', async () => {
    const graph = graphOf('measure');
    const { ranges, output } = await run(graph);
    expect(WIDE).to.be.above(20);
    expect(ranges?.shape).to.deep.equal([2, 4 * WIDE]);
    for (let n = 0; n < 8 * WIDE; n += 2) expect(ranges?.data[n]).to.be.at.most(ranges?.data[n + 1] as number);
    const plain = await run(networkGraph({ architecture, sizes: { height: 8, width: 8 }, weights, version: '0' }));
    expect(largestDifference(output?.data ?? [], plain['output']?.data ?? [])).to.be.at.most(2e-5);
    const alone = await run(graph, 1);
    const first = ranges?.data.slice(0, 4 * WIDE) ?? [];
    expect(largestDifference(alone['ranges']?.data ?? [], first)).to.be.at.most(2e-5);
  });
});

describe('a graph in whole numbers', () => {
  const path = scratchFolder();

  it('is run by integer convolutions, all but the first and the last, with no rounding of weights left', async () => {
    const optimised = path('optimised.onnx');
    const options = {
      optimizedModelFilePath: optimised,
      graphOptimizationLevel: 'extended',
      logSeverityLevel: 3,
    } as const;
    await (await InferenceSession.create(graphOf(await measured()), options)).release();
    const nodes = fromBinary(ModelProtoSchema, readFileSync(optimised)).graph?.node ?? [];
    const count = (type: string): number => nodes.filter(({ opType }) => opType === type).length;
    expect({ integer: count('QLinearConv'), real: count('Conv') + count('FusedConv') }).to.deep.equal({
      integer: WIDE,
      real: 2,
    });
    expect([count('ReduceMax'), count('Abs'), count('Round')]).to.deep.equal([0, 0, 0]);
  });

  it('gives what the network gives, within 10 % of the output, which no training made robust', async () => {
    const { output: got } = await run(graphOf(await measured()));
    const { output: wanted } = await run(graphOf('measure'));
    const square = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value ** 2, 0);
    const differences = (got?.data ?? []).map((value, n) => value - (wanted?.data[n] ?? Number.NaN));
    expect(Math.sqrt(square(differences) / square(wanted?.data ?? []))).to.be.within(1e-4, 0.1);
  });
});
