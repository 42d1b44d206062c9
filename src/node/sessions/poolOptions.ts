import { availableParallelism } from 'node:os';
import { ArgumentError, isCount } from '../../errors.ts';
import type { Device } from './device.ts';
import type { GraphNames } from './graphFacts.ts';
import { chooseParallelism, type ParallelismOptions } from './parallelism.ts';
import type { Place, Pool } from './pool.ts';

export type SessionPoolOptions = ParallelismOptions & {
  /** Path of an `.onnx` file; it may have external data. */
  readonly graph: string;
  /** What computes. A GPU takes one session. @defaultValue 'cpu' */
  readonly device?: Device;
  /**
   * A graph of the same network for the processor, which goes on with it where the GPU fails. Without it a GPU that fails
   * is an error.
   */
  readonly retreat?: string;
  /** What its inputs and outputs are called, where they are not called by their roles. */
  readonly inputs?: GraphNames;
  /** Rows that go through a session at once, at most. @defaultValue 16 */
  readonly maxBatch?: number;
  /** How long a batch waits for callers that are expected back, in milliseconds. @defaultValue 2 */
  readonly maxWait?: number;
};

const MOST_ROWS = 16;

/** Where a graph is computed, and how to go on where that is a GPU which fails. */
export const placesOf = (options: SessionPoolOptions): Pick<Pool, 'place' | 'retreat' | 'maxBatch'> => {
  const { graph, device = 'cpu', retreat, maxBatch = MOST_ROWS } = options;
  const processor: Place = { device: 'cpu', graph, ...chooseParallelism(availableParallelism(), options) };
  if (device === 'cpu') return { place: processor, maxBatch };
  return {
    place: { device, graph, sessions: 1, threads: 1 },
    maxBatch,
    retreat: retreat === undefined ? undefined : { ...processor, graph: retreat, maxBatch },
  };
};

/** @throws ArgumentError `bad-sessions`, `bad-threads`, `bad-max-batch`, `bad-max-wait`. */
export const checkPoolOptions = (options: SessionPoolOptions): void => {
  const counts = { sessions: 'bad-sessions', threads: 'bad-threads', maxBatch: 'bad-max-batch' } as const;
  for (const name of ['sessions', 'threads', 'maxBatch'] as const) {
    if (options[name] === undefined || isCount(options[name])) continue;
    throw new ArgumentError(counts[name], `${name} must be a whole number of at least 1, got ${options[name]}`);
  }
  const { device = 'cpu' } = options;
  for (const name of ['sessions', 'threads'] as const) {
    if (device === 'cpu' || options[name] === undefined) continue;
    const rule = `${name} is for the processor, and ${device} computes here by one session`;
    throw new ArgumentError(counts[name], `${rule}; leave it out, or say { device: "cpu" }`);
  }
  if (options.maxWait === undefined || options.maxWait >= 0) return;
  throw new ArgumentError('bad-max-wait', `maxWait must be a number of milliseconds from 0 up, got ${options.maxWait}`);
};
