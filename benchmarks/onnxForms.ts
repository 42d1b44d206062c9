/**
 * Which forms of the operations does ONNX Runtime's processor engine run fastest? Each is measured against the forms in
 * use, in turns within one process. What is measured is the processor's time with one thread, not the clock's: other
 * work on the machine hardly changes it.
 *
 *     npx tsx benchmarks/onnxForms.ts [--network cifar|fashion|tinySd|sd15] [--size 32] [--batch 1,4,16] [--rounds 9] [--form text]
 *
 * Prints one JSON line a form and batch: `ratio` is the median of the form's time to that of the form in use (below 1
 * is faster), `ms` the median time of one image, `difference` the largest in the output.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { InferenceSession } from 'onnxruntime-node';
import { type Feeds, feedsOf, openSession } from './graphOnDisk.ts';
import { architectureOf, NETWORKS } from './networks.ts';
import { FORMS } from './onnxFormTable.ts';
import { writeRandomPart } from './randomWeights.ts';

type Session = InferenceSession;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

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
    size: { type: 'string', default: '' },
    batch: { type: 'string', default: '1,4' },
    rounds: { type: 'string', default: '9' },
    form: { type: 'string', default: '' },
  },
});
const config = NETWORKS[flags.network] ?? {};
const folder = mkdtempSync(join(tmpdir(), 'onnx-forms-'));
try {
  const architecture = architectureOf(config);
  const weights = await writeRandomPart(folder, { name: 'network', architectures: [architecture], config }, 'F32');
  const size = Number(flags.size || config['sample_size']);
  const sizes = { height: size, width: size, tokens: 77 };
  const network = { folder: join(folder, 'network'), architecture, sizes, weights };
  const inUse = await openSession(network, {});
  for (const [name, form] of Object.entries(FORMS).filter(([title]) => title.includes(flags.form))) {
    const tried = await openSession(network, form);
    for (const batch of flags.batch.split(',').map(Number)) {
      const figures = await compare(inUse, tried, feedsOf(network, batch));
      console.log(JSON.stringify({ network: flags.network, form: name, batch, ...figures, cpu: cpus()[0]?.model }));
    }
    await tried.release();
  }
  await inUse.release();
} finally {
  rmSync(folder, { recursive: true });
}
