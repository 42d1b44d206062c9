import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Job, Worker } from 'bullmq';
import type { Registry } from 'prom-client';
import { EnvironmentError } from '../../errors.ts';
import { importPromClient } from '../packages.ts';
import type { Task, TaskResult } from '../task.ts';

const HOST = '127.0.0.1';

export type Metrics = { readonly port: number; close(): Promise<void> };

/**
 * Shows what a worker does as text for Prometheus, at `/metrics` on this machine.
 *
 * @param port 0 takes any that is free.
 * @throws EnvironmentError `missing-package`, `port-in-use`, `cannot-listen`.
 */
export const serveMetrics = async (
  worker: Worker<Task, TaskResult>,
  { digest, port }: { readonly digest: string; readonly port: number },
): Promise<Metrics> => {
  const registry = await countersOf(worker, digest);
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end('see /metrics\n');
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

const countersOf = async (worker: Worker<Task, TaskResult>, model: string): Promise<Registry> => {
  const { Registry, Counter, Gauge, Histogram } = await importPromClient();
  const registry = new Registry();
  const common = { registers: [registry], labelNames: ['run', 'model'] };
  const counter = (name: string, help: string) => new Counter({ ...common, name: `boomerang_${name}_total`, help });
  const images = counter('images', 'Images of which a variant was made, or that failed');
  const samples = counter('samples', 'Samples that were put into a destination');
  const shards = new Counter({
    ...common,
    name: 'boomerang_shards_total',
    help: 'Shards by what became of them: made, there already, or failed in one of their attempts',
    labelNames: [...common.labelNames, 'outcome'],
  });
  const buckets = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
  const seconds = new Histogram({
    ...common,
    name: 'boomerang_shard_seconds',
    help: 'Time that a shard took',
    buckets,
  });
  const underWay = new Gauge({ ...common, name: 'boomerang_shards_in_flight', help: 'Shards that are under way' });
  const labelsOf = ({ data }: Job<Task, TaskResult>) => ({ run: data.run, model });
  worker.on('active', (job) => underWay.inc(labelsOf(job)));
  worker.on('completed', (job, result) => {
    const labels = labelsOf(job);
    underWay.dec(labels);
    shards.inc({ ...labels, outcome: result.outcome });
    if (result.outcome === 'there') return;
    images.inc(labels, job.data.shard.count);
    samples.inc(labels, result.samples);
    seconds.observe(labels, (Date.now() - (job.processedOn ?? Date.now())) / 1000);
  });
  worker.on('failed', (job) => {
    if (!job) return;
    underWay.dec(labelsOf(job));
    shards.inc({ ...labelsOf(job), outcome: 'failed' });
  });
  return registry;
};

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((done, fail) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const isInUse = code === 'EADDRINUSE';
      const why = isInUse ? `port ${port} is in use` : `cannot listen on port ${port}: ${code ?? message}`;
      const remedy = 'name another with --metrics-port; 0 takes a free one';
      fail(new EnvironmentError(isInUse ? 'port-in-use' : 'cannot-listen', `${why}; ${remedy}`));
    });
    server.listen(port, HOST, done);
  });
