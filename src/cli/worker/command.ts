import type { Command } from 'commander';
import { type Fleet, openFleet } from '../../fleet/fleet.ts';
import { readQueueAddress } from '../../fleet/queueAddress.ts';
import { watchConnection } from '../../fleet/watchConnection.ts';
import { checkRuns } from '../../fleet/worker/checkRuns.ts';
import { serveMetrics } from '../../fleet/worker/metrics.ts';
import { openWorkerModel } from '../../fleet/worker/setting.ts';
import { startWorker } from '../../fleet/worker/startWorker.ts';
import { interruptible, throwIfStopped } from '../interrupt.ts';
import { addModelOptions, describeEngine } from '../openAsked.ts';
import { watchDownloads } from '../progress.ts';
import { addQueueOption } from '../run/queueOption.ts';
import type { Streams, TerminalStream } from '../streams.ts';
import { type Asked, readAsked, type WorkerCommand } from './options.ts';

/** `boomerang worker`: makes shards of runs, whoever started them. */
export const registerWorker = (program: Command, streams: Streams): void => {
  const command = program
    .command('worker')
    .description('make shards of runs that wait in a queue, until it is told to end')
    .requiredOption('--model <place>', 'folder of the diffusion model of the runs, or its name on the hub')
    .option('--data <path>', 'where the data of the runs lies here, where that is another place than theirs')
    .option('--classifier <file>', 'where their classifier lies here, where that is another place')
    .option('--concurrency <count>', 'shards that are made at once, each in a process with a model of its own', '1')
    .option('--in-process', 'make shards in this process: less memory, but what kills one kills the worker')
    .option('--lock <seconds>', 'after so long without a sign of life, a shard is given to another worker', '30')
    .option('--metrics-port <number>', 'show counters as text for Prometheus at this port of 127.0.0.1');
  addModelOptions(addQueueOption(command)).action((options: WorkerCommand) => work(options, streams));
};

const work = async (options: WorkerCommand, { stderr }: Streams): Promise<void> => {
  const asked = readAsked(options);
  const fleet = await openFleet(readQueueAddress(options.queue));
  try {
    const digest = await digestHere(asked, stderr);
    const runs = await checkRuns(fleet, { model: options.model, digest });
    stderr.write(`${runs === 0 ? 'no run for this model yet; waiting for one' : `${runs} runs for this model`}\n`);
    await interruptible((signal) => makeUntil(signal, { fleet, asked, digest, stderr }));
  } finally {
    await fleet.close();
  }
};

/** Opens the model once, to know which it is; whoever makes shards opens it again. */
const digestHere = async ({ setting }: Asked, stderr: TerminalStream): Promise<string> => {
  const { stop, onProgress } = watchDownloads(stderr);
  const model = await openWorkerModel(setting, onProgress).finally(stop);
  stderr.write(`${describeEngine(model)}\n`);
  model.dispose();
  return model.digest;
};

type Making = {
  readonly fleet: Fleet;
  readonly asked: Asked;
  readonly digest: string;
  readonly stderr: TerminalStream;
};

const makeUntil = async (signal: AbortSignal, { fleet, asked, digest, stderr }: Making): Promise<void> => {
  const say = (line: string): void => void stderr.write(`${line}\n`);
  const started = startWorker(fleet, { ...asked, digest, say });
  const unwatch = watchConnection(fleet, say);
  const metrics =
    asked.metricsPort === undefined
      ? undefined
      : await serveMetrics(started.worker, { digest, port: asked.metricsPort });
  if (metrics) say(`counters: http://127.0.0.1:${metrics.port}/metrics`);
  try {
    await Promise.race([started.useless, aborted(signal)]);
    if (signal.aborted) say('ending after the shards under way; once more ends at once');
  } finally {
    await started.close();
    unwatch();
    await metrics?.close();
  }
  throwIfStopped(signal, 'what was made is put');
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
