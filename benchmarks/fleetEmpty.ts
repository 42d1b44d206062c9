import type { Fleet } from '../src/fleet/fleet.ts';
import { PREFIX, type Task } from '../src/fleet/task.ts';
import type { Figure } from './figure.ts';
import { exactly } from './statistics.ts';

const TASKS = 500;

/** What the queue itself costs: tasks in which nothing is done, one after another. */
export const emptyTasks = async (fleet: Fleet): Promise<Figure[]> => {
  const name = 'bench-empty';
  const places = { data: '/somewhere/data', destination: '/somewhere/else' };
  const tasks = Array.from({ length: TASKS }, (_, n): Task => {
    const shard = { name: `${n}`, first: n, count: 1, variant: 0 };
    return { run: name, plan: name, shard, places };
  });
  const opts = { removeOnComplete: true, priority: 100 };
  await fleet.queue(name).addBulk(tasks.map((data) => ({ name: 'shard', data, opts })));
  const doNothing = async () => ({ outcome: 'there', samples: 0, failed: [] }) as const;
  const worker = new fleet.bullmq.Worker(name, doNothing, { connection: fleet.redis, prefix: PREFIX, autorun: false });
  await worker.waitUntilReady();
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const drained = new Promise<void>((done) => worker.once('drained', () => done()));
  void worker.run();
  await drained;
  const { user, system } = process.cpuUsage(used);
  const ms = performance.now() - begun;
  await worker.close();
  const common = { bench: 'fleet', table: 'A task without work', engine: 'none', at: { of: `a task, of ${TASKS}` } };
  return [
    { ...common, what: 'time', unit: 'ms', ...exactly(ms / TASKS) },
    { ...common, what: "worker's processor time", unit: 'ms', ...exactly((user + system) / 1000 / TASKS) },
  ];
};
