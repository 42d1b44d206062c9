import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ARMS } from './arms.ts';
import type { Place } from './openBench.ts';
import type { Trained } from './trainArm.ts';
import type { FromWorker, RunName, ToWorker } from './worker.ts';

export type WorkersOptions = {
  readonly place: Place;
  /** Processes that train side by side. */
  readonly jobs: number;
  /** Whether there is time to start another training. */
  readonly goesOn: () => boolean;
  readonly onTrained: (run: RunName, trained: Trained) => void;
};

/**
 * Trains all runs, in their order, in processes of their own: many small operations on one thread each use a machine
 * better than one process that spreads each of them over all cores.
 *
 * @throws Error with the first message of a process that failed; the others are ended.
 */
export const trainAll = async (runs: readonly RunName[], options: WorkersOptions): Promise<void> => {
  const waiting = [...runs];
  const underWay = new Set<RunName>();
  const next = (): RunName | undefined => {
    if (!options.goesOn()) return undefined;
    const [run] = waiting.splice(choose(waiting, underWay), 1);
    return run;
  };
  const workers = Array.from({ length: Math.min(options.jobs, runs.length) }, () => startWorker(options.jobs));
  try {
    await Promise.all(workers.map((worker) => keepBusy(worker, { ...options, next, underWay })));
  } finally {
    for (const worker of workers) worker.kill();
  }
};

const makesVariants = ({ arm }: RunName): boolean => ARMS[arm]?.extras === 'variants';

/**
 * The place of the run to start next: the first, unless another process is about to fill the bank that it needs. Banks
 * belong to a seed, and two processes that fill the same one would both make all of it.
 */
export const choose = (waiting: readonly RunName[], underWay: Iterable<RunName>): number => {
  const filling = new Set([...underWay].filter(makesVariants).map(({ seed }) => seed));
  return Math.max(
    0,
    waiting.findIndex((run) => !makesVariants(run) || !filling.has(run.seed)),
  );
};

const startWorker = (jobs: number): ChildProcess => {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / jobs)));
  return fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--import', 'tsx'],
    // Read by TensorFlow as it is loaded; ONNX Runtime has its own, set with its sessions.
    env: {
      ...process.env,
      TF_NUM_INTRAOP_THREADS: threads,
      TF_NUM_INTEROP_THREADS: '1',
      OMP_NUM_THREADS: threads,
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
  });
};

type Queue = WorkersOptions & { readonly next: () => RunName | undefined; readonly underWay: Set<RunName> };

const keepBusy = async (worker: ChildProcess, { place, onTrained, next, underWay }: Queue): Promise<void> => {
  await ask(worker, { place });
  for (let run = next(); run; run = next()) {
    underWay.add(run);
    const answer = await ask(worker, { run });
    underWay.delete(run);
    if ('trained' in answer) onTrained(run, answer.trained);
  }
};

/** The answer to a message. @throws Error when the process fails or ends. */
const ask = (worker: ChildProcess, message: ToWorker): Promise<FromWorker> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a training process ended with ${code}`));
    const heard = (answer: FromWorker): void => {
      if ('share' in answer) return;
      worker.off('message', heard).off('exit', ended);
      if ('failed' in answer) reject(new Error(answer.failed));
      else resolve(answer);
    };
    worker.on('message', heard).on('exit', ended);
    worker.send(message);
  });
