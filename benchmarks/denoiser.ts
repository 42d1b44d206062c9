/**
 * One evaluation after another of a large denoiser of random weights on the ONNX engine: how long, and how much memory?
 *
 *     npx tsx benchmarks/denoiser.ts [--network sd15|tinySd] [--size 32] [--stored F32|F16] [--threads 2] [--calls 5]
 *
 * `size` is that of latents, an eighth of the image's; the prompt has 77 tokens. The checkpoint is written to a folder
 * of its own, which is gone afterwards, tensor by tensor: what memory peaks at is the network's.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feedsOf, openSession } from './graphOnDisk.ts';
import { architectureOf, NETWORKS } from './networks.ts';
import { writeRandomPart } from './randomWeights.ts';

const { values: flags } = parseArgs({
  options: {
    network: { type: 'string', default: 'sd15' },
    size: { type: 'string', default: '32' },
    stored: { type: 'string', default: 'F32' },
    threads: { type: 'string', default: '2' },
    calls: { type: 'string', default: '5' },
  },
});

const seconds = (since: number): number => Number(((performance.now() - since) / 1000).toFixed(2));
const peakGb = (): number => Number((process.resourceUsage().maxRSS / 1024 ** 2).toFixed(2));

const config = NETWORKS[flags.network] ?? {};
const architecture = architectureOf(config);
const scratch = await mkdtemp(join(tmpdir(), 'boomerang-bench-'));
try {
  const part = { name: 'unet', architectures: [architecture], config };
  const weights = await writeRandomPart(scratch, part, flags.stored === 'F16' ? 'F16' : 'F32');
  const sizes = { height: Number(flags.size), width: Number(flags.size), tokens: 77 };
  const network = { folder: join(scratch, 'unet'), architecture, sizes, weights };
  console.log(JSON.stringify({ ...flags, peakGbBefore: peakGb() }));
  const start = performance.now();
  const session = await openSession(network, { session: { intraOpNumThreads: Number(flags.threads) } });
  console.log(JSON.stringify({ startSeconds: seconds(start), peakGb: peakGb() }));
  const feeds = feedsOf(network, 1);
  for (let call = 0; call < Number(flags.calls); call += 1) {
    const [begin, before] = [performance.now(), process.cpuUsage()];
    const outputs = await session.run(feeds);
    const { user, system } = process.cpuUsage(before);
    const finite = Object.values(outputs).every(({ data }) => (data as Float32Array).every(Number.isFinite));
    const used = Number(((user + system) / 1e6).toFixed(2));
    console.log(JSON.stringify({ call, seconds: seconds(begin), processorSeconds: used, peakGb: peakGb(), finite }));
  }
  await session.release();
} finally {
  await rm(scratch, { recursive: true });
}
