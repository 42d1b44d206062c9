/**
 * Which forms of the operations does ONNX Runtime's processor engine run fastest? Each is measured against the forms in
 * use, in turns within one process. What is measured is the processor's time with one thread, not the clock's: other
 * work on the machine hardly changes it.
 *
 *     npx tsx benchmarks/onnxForms.ts [--network cifar|fashion] [--batch 1,4,16] [--rounds 9] [--form text]
 *
 * Prints one JSON line a form and batch: `ratio` is the median of the form's time to that of the form in use (below 1
 * is faster), `ms` the median time of one image, `difference` the largest in the output.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as Onnx from 'onnxruntime-node';
import { networkGraph } from '../src/engines/onnx/networkGraph.ts';
import type { Initializer } from '../src/engines/onnx/protos.ts';
import { parameterShapes } from '../src/networks/parameterShapes.ts';
import { unet2d } from '../src/networks/unet2d.ts';
import { parseUNet2DConfig, type UNet2DConfig } from '../src/networks/unet2dConfig.ts';
import { requireOnnxRuntime } from '../src/node/sessions/onnxRuntime.ts';
import { fillGaussian } from '../src/random.ts';
import { NETWORKS } from './networks.ts';
import { FORMS, type Form } from './onnxFormTable.ts';

const { InferenceSession, Tensor }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

type Session = Onnx.InferenceSession;

const SIZE = [32, 32] as const;

const product = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Weights of a fitting size, in one file beside the graphs, as a checkpoint has them. */
const writeWeights = (folder: string, config: UNet2DConfig): Map<string, Initializer> => {
  const parts: Uint8Array[] = [];
  const places = new Map<string, Initializer>();
  let offset = 0;
  for (const [name, shape] of parameterShapes(unet2d(config))) {
    const fan = Math.sqrt(product(shape.slice(1)));
    const isScale = name.includes('norm') && name.endsWith('weight');
    const value = (i: number): number => (isScale ? 1 : (((i * 7919) % 2003) / 1001 - 1) / fan);
    const bytes = new Uint8Array(Float32Array.from({ length: product(shape) }, (_, i) => value(i)).buffer);
    parts.push(bytes);
    places.set(name, { type: 'float32', shape, data: { location: 'weights', offset, length: bytes.length } });
    offset += bytes.length;
  }
  writeFileSync(join(folder, 'weights'), Buffer.concat(parts));
  return places;
};

type Feeds = Readonly<Record<string, Onnx.Tensor>>;

const feedsOf = ({ sampleSize, inChannels, classEmbedding }: UNet2DConfig, batch: number): Feeds => {
  const shape = [batch, ...(sampleSize ?? SIZE), inChannels];
  const x = new Float32Array(product(shape));
  fillGaussian(['forms'], x);
  return {
    x: new Tensor('float32', x, shape),
    timesteps: new Tensor('float32', new Float32Array(batch).fill(400), [batch]),
    ...(classEmbedding ? { labels: new Tensor('int64', new BigInt64Array(batch).fill(1n), [batch]) } : {}),
  };
};

const outputOf = async (session: Session, feeds: Feeds): Promise<Float32Array> =>
  (await session.run(feeds))['output']?.data as Float32Array;

const processorTime = async (session: Session, feeds: Feeds): Promise<number> => {
  const start = process.cpuUsage();
  await session.run(feeds);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / (feeds['x']?.dims[0] ?? Number.NaN);
};

/** Figures of two sessions that take turns; the first call of each warms it up. */
const compare = async (inUse: Session, tried: Session, feeds: Feeds) => {
  const [a, b] = [await outputOf(inUse, feeds), await outputOf(tried, feeds)];
  const times: { used: number; tried: number }[] = [];
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    const before = round % 2 === 0 ? await processorTime(inUse, feeds) : undefined;
    const ms = await processorTime(tried, feeds);
    times.push({ used: before ?? (await processorTime(inUse, feeds)), tried: ms });
  }
  return {
    ratio: Number(median(times.map(({ used, tried }) => tried / used)).toFixed(3)),
    ms: Number(median(times.map(({ tried }) => tried)).toFixed(2)),
    msInUse: Number(median(times.map(({ used }) => used)).toFixed(2)),
    difference: Number(a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0).toExponential(1)),
  };
};

const { values: flags } = parseArgs({
  options: {
    network: { type: 'string', default: 'cifar' },
    batch: { type: 'string', default: '1,4' },
    rounds: { type: 'string', default: '9' },
    form: { type: 'string', default: '' },
  },
});
const config = parseUNet2DConfig(NETWORKS[flags.network] ?? {});
const folder = mkdtempSync(join(tmpdir(), 'onnx-forms-'));
try {
  const weights = writeWeights(folder, config);
  const open = ({ ops, session = {} }: Form): Promise<Session> => {
    const path = join(folder, 'graph.onnx');
    const [height, width] = config.sampleSize ?? SIZE;
    const [architecture, sizes] = [unet2d(config), { height, width }];
    writeFileSync(path, networkGraph({ architecture, sizes, weights, version: '0', ...(ops ? { ops } : {}) }));
    return InferenceSession.create(path, { intraOpNumThreads: 1, logSeverityLevel: 3, ...session });
  };
  const inUse = await open({});
  for (const [name, form] of Object.entries(FORMS).filter(([title]) => title.includes(flags.form))) {
    const tried = await open(form);
    for (const batch of flags.batch.split(',').map(Number)) {
      const figures = await compare(inUse, tried, feedsOf(config, batch));
      console.log(JSON.stringify({ network: flags.network, form: name, batch, ...figures, cpu: cpus()[0]?.model }));
    }
    await tried.release();
  }
  await inUse.release();
} finally {
  rmSync(folder, { recursive: true });
}
