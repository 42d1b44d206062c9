/**
 * How fast is a denoiser in int8, beside itself in float32 and PyTorch in float32 and bfloat16? One evaluation after the
 * other, in turns within each round, on two threads, by the clock.
 *
 *     npx tsx benchmarks/int8Speed.ts --python PATH [--network cifar] [--batch 1,4] [--rounds 9] [--threads 2]
 *
 * Prints one JSON line a batch: median milliseconds of an image, and how many times as long each takes as int8 does,
 * the median of the ratios within a round. PATH is a Python with torch and diffusers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feedsOf, openSession } from './graphOnDisk.ts';
import { architectureOf, NETWORKS } from './networks.ts';
import { WHOLE_FORMS } from './onnxWholeForms.ts';
import { startPeer } from './peer.ts';
import { writeRandomPart } from './randomWeights.ts';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    network: { type: 'string', default: 'cifar' },
    batch: { type: 'string', default: '1,4' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '2' },
  },
});

const median = (values: readonly number[]): number =>
  Number((values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN).toFixed(2));

const session = {
  intraOpNumThreads: Number(flags.threads),
  extra: { session: { intra_op: { allow_spinning: '0' } } }, // as the library's sessions
};
const config = NETWORKS[flags.network] ?? {};
const architecture = architectureOf(config);
const size = Number(config['sample_size']);
const folder = mkdtempSync(join(tmpdir(), 'int8-speed-'));
try {
  const weights = await writeRandomPart(folder, { name: 'network', architectures: [architecture], config }, 'F32');
  const network = {
    ...{ folder: join(folder, 'network'), architecture, weights },
    sizes: { height: size, width: size, tokens: 77 },
  };
  const int8 = await openSession(network, { ...WHOLE_FORMS['int8: what precision int8 does'], session });
  const float32 = await openSession(network, { session });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const script = join(import.meta.dirname, 'int8Speed.py');
  const torch = await startPeer<{ version: string }, { ms: number }>(flags.python, [script, folder, flags.threads]);
  for (const batch of flags.batch.split(',').map(Number)) {
    const feeds = feedsOf(network, batch);
    const timed = async (one: typeof int8): Promise<number> => {
      const start = performance.now();
      await one.run(feeds);
      return (performance.now() - start) / batch;
    };
    const rounds: Record<string, number>[] = [];
    for (let round = -2; round < Number(flags.rounds); round += 1) {
      const times = {
        int8: await timed(int8),
        float32: await timed(float32),
        torchFloat32: (await torch.ask(`float32 ${batch}`)).ms,
        torchBfloat16: (await torch.ask(`bfloat16 ${batch}`)).ms,
      };
      if (round >= 0) rounds.push(times);
    }
    const names = Object.keys(rounds[0] ?? {});
    const each = (of: (times: Record<string, number>, name: string) => number): Record<string, number> =>
      Object.fromEntries(names.map((name) => [name, median(rounds.map((times) => of(times, name)))]));
    const ms = each((times, name) => times[name] ?? Number.NaN);
    const ratios = each((times, name) => (times[name] ?? Number.NaN) / (times['int8'] ?? Number.NaN));
    console.log(JSON.stringify({ network: flags.network, batch, ms, ratios, torch: torch.ready.version }));
  }
  await torch.end();
} finally {
  rmSync(folder, { recursive: true });
}
