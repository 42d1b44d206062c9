/**
 * How fast is a denoiser on a GPU, through ONNX Runtime's WebGPU engine, beside PyTorch on the same card?
 *
 *     npx tsx benchmarks/gpu.ts [--networks cifar,fashion,latent64,sd15] [--batch 1,4,16] [--forms TEXT] [--seconds 1] [--python PATH] [--walk webgpu|cpu]
 *
 * Prints a line of JSON for each figure: the median of calls over so many seconds, from arrays in to arrays out, as the
 * library makes them, and how far the output is from that of the processor as a share of its largest. `--walk` adds what
 * a step of a solver costs where JavaScript takes it, and where a graph beside the network does, its state on the GPU.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as Onnx from 'onnxruntime-node';
import { graphBuilder } from '../src/engines/onnx/graph.ts';
import { type NetworkGraph, networkGraph } from '../src/engines/onnx/networkGraph.ts';
import { requireOnnxRuntime } from '../src/node/sessions/onnxRuntime.ts';
import { type Feeds, feedsOf, type NetworkOnDisk } from './graphOnDisk.ts';
import { architectureOf, NETWORKS } from './networks.ts';
import { writeRandomPart } from './randomWeights.ts';

type Session = Onnx.InferenceSession;
type Form = Pick<NetworkGraph, 'isForGpu' | 'real'> & { readonly session: Onnx.InferenceSession.SessionOptions };

const { InferenceSession, Tensor }: typeof Onnx = createRequire(import.meta.url)(requireOnnxRuntime().entry);

const onWebGpu = (options: Readonly<Record<string, string>> = {}): Onnx.InferenceSession.SessionOptions => ({
  executionProviders: ['webgpu'],
  extra: { ep: { webgpuexecutionprovider: options } },
});

const FORMS: Readonly<Record<string, Form>> = {
  processor: { session: {} },
  webgpu: { isForGpu: true, session: onWebGpu() },
  'webgpu, half': { isForGpu: true, real: 'float16', session: onWebGpu() },
  'webgpu, half, no validation': {
    isForGpu: true,
    real: 'float16',
    session: onWebGpu({ validationMode: 'disabled' }),
  },
  'webgpu, half, channels first': { isForGpu: true, real: 'float16', session: onWebGpu({ preferredLayout: 'NCHW' }) },
};

const { values: flags } = parseArgs({
  options: {
    networks: { type: 'string', default: 'fashion,latent64,cifar' },
    batch: { type: 'string', default: '1,4,16' },
    forms: { type: 'string', default: 'processor;webgpu;webgpu, half' },
    seconds: { type: 'string', default: '1' },
    python: { type: 'string' },
    walk: { type: 'string', default: '' },
  },
});
const batches = flags.batch.split(',').map(Number);
const print = (figure: object): void => console.log(JSON.stringify(figure));

const medianMs = async (work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  const end = performance.now() + Number(flags.seconds) * 1000;
  while (times.length < 5 || performance.now() < end) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
};

const open = async (network: NetworkOnDisk, { session, ...form }: Form): Promise<Session> => {
  const path = join(network.folder, 'graph.onnx');
  await writeFile(path, networkGraph({ ...network, ...form, version: '0' }));
  return InferenceSession.create(path, { logSeverityLevel: 3, ...session });
};

const outputOf = async (session: Session, feeds: Feeds): Promise<Float32Array> =>
  (await session.run(feeds))['output']?.data as Float32Array;

const apart = (a: Float32Array, b: Float32Array): number => {
  const size = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0) / size;
};

const measureForms = async (name: string, network: NetworkOnDisk): Promise<void> => {
  let wanted: Float32Array | undefined;
  for (const title of flags.forms.split(';')) {
    const start = performance.now();
    const session = await open(network, FORMS[title] as Form).catch((error: Error) => error.message);
    if (typeof session === 'string') {
      print({ network: name, form: title, failed: session.slice(-200) });
      continue;
    }
    const openMs = performance.now() - start;
    for (const batch of batches) {
      try {
        const feeds = feedsOf(network, batch);
        const output = await outputOf(session, feeds);
        if (batch === batches[0]) wanted ??= output;
        const off = batch === batches[0] && wanted ? { off: apart(output, wanted) } : {};
        const ms = (await medianMs(() => session.run(feeds))) / batch;
        print({ network: name, form: title, batch, ms, openMs, ...off });
      } catch (error) {
        print({ network: name, form: title, batch, failed: String(error).slice(0, 300) });
      }
    }
    await session.release();
  }
};

/** `clip(a x + b out)`, which a step of most solvers is. */
const stepGraph = (shape: readonly number[]): Uint8Array => {
  const { node, output, floats, encode } = graphBuilder();
  const sum = node('Add', [node('Mul', ['x', floats([0.9], [])]), node('Mul', ['out', floats([0.1], [])])]);
  output('y', node('Clip', [sum, floats([-1], []), floats([1], [])]));
  const port = (name: string) => ({ name, type: 'float32' as const, shape: ['N', ...shape] });
  return encode({ inputs: [port('x'), port('out')], outputs: [port('y')], version: '0' });
};

const STEPS = 10;

/** Ten steps, by JavaScript between evaluations, or by a graph beside the network, whose state a GPU keeps. */
const measureWalk = async (name: string, network: NetworkOnDisk, device: string): Promise<void> => {
  const isForGpu = device === 'webgpu';
  const plain = isForGpu ? onWebGpu() : {};
  const down = await open(network, { isForGpu, session: plain });
  const kept = isForGpu ? { ...plain, preferredOutputLocation: 'gpu-buffer' as const } : plain;
  const held = await open(network, { isForGpu, session: kept });
  const input = network.architecture.inputs['x'];
  const shape = [network.sizes.height, network.sizes.width, input?.kind === 'map' ? input.channels : 0];
  const step = await InferenceSession.create(stepGraph(shape), kept);
  const last = await InferenceSession.create(stepGraph(shape), plain);
  for (const batch of batches) {
    const feeds = feedsOf(network, batch);
    const there = async (): Promise<void> => {
      let x = feeds['x'] as Onnx.TypedTensor<'float32'>;
      for (let n = 0; n < STEPS; n += 1) {
        const out = await outputOf(down, { ...feeds, x });
        const next = x.data.map((value, i) => Math.min(1, Math.max(-1, 0.9 * value + 0.1 * (out[i] ?? 0))));
        x = new Tensor('float32', next, x.dims);
      }
    };
    const here = async (): Promise<void> => {
      let x = feeds['x'] as Onnx.Tensor;
      for (let n = 0; n < STEPS; n += 1) {
        const out = (await held.run({ ...feeds, x }))['output'] as Onnx.Tensor;
        const { y } = await (n === STEPS - 1 ? last : step).run({ x, out });
        out.dispose();
        if (n > 0) x.dispose();
        x = y as Onnx.Tensor;
      }
    };
    for (const work of [there, here]) await work();
    print({ network: name, device, batch, step: 'by JavaScript', ms: (await medianMs(there)) / STEPS });
    print({ network: name, device, batch, step: 'by a graph', ms: (await medianMs(here)) / STEPS });
  }
  for (const session of [down, held, step, last]) await session.release();
};

const measureTorch = async (name: string, { folder, sizes }: NetworkOnDisk): Promise<void> => {
  const script = join(import.meta.dirname, 'gpu.py');
  const given = [join(folder, 'config.json'), String(sizes.height), String(sizes.tokens), flags.batch, flags.seconds];
  const { stdout, status, stderr } = spawnSync(flags.python ?? '', [script, ...given], { encoding: 'utf8' });
  for (const line of stdout.trim().split('\n')) print({ network: name, form: 'PyTorch', ...JSON.parse(line || '{}') });
  if (status !== 0) print({ network: name, form: 'PyTorch', failed: stderr.slice(-400) });
};

for (const name of flags.networks.split(',')) {
  const config = NETWORKS[name] ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-gpu-'));
  try {
    const architecture = architectureOf(config);
    const weights = await writeRandomPart(folder, { name: 'network', architectures: [architecture], config }, 'F32');
    const size = Number(config['sample_size']);
    const sizes = { height: size, width: size, tokens: 77 };
    const network = { folder: join(folder, 'network'), architecture, sizes, weights };
    await measureForms(name, network);
    if (flags.walk) await measureWalk(name, network, flags.walk);
    if (flags.python !== undefined) await measureTorch(name, network);
  } finally {
    await rm(folder, { recursive: true });
  }
}
