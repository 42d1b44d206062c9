import type { MessagePort } from 'node:worker_threads';
import type { GraphFacts, GraphNames } from './graphFacts.ts';

/** What a thread is told at its start. */
export type ThreadData = {
  /** Work comes in here, replies go out. */
  readonly port: MessagePort;
  /** One counter for the whole pool, raised after every reply, so that a blocked main thread can wait for any. */
  readonly bell: Int32Array;
  /** Becomes 1 when this thread ends. */
  readonly gone: Int32Array;
  /** File of the onnxruntime-node package. */
  readonly runtime: string;
  /** File of the graph. */
  readonly graph: string;
  /** Threads within the session. */
  readonly threads: number;
  readonly names: GraphNames;
};

/** One batch: `memory` holds `x`, then a float32 timestep for each row, then, if `labelled`, an int32 label each. */
export type Work = {
  readonly shape: ImageBatchShape;
  readonly labelled: boolean;
  readonly memory: SharedArrayBuffer;
};

/** Rows, height, width, channels. */
export type ImageBatchShape = readonly [rows: number, height: number, width: number, channels: number];

/** The output lies in `memory` until the thread gets its next work. */
export type Reply =
  | { readonly kind: 'ready'; readonly facts: GraphFacts }
  | { readonly kind: 'done'; readonly memory: SharedArrayBuffer; readonly length: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export type WorkViews = {
  readonly x: Float32Array;
  readonly timesteps: Float32Array;
  readonly labels?: Int32Array;
};

const BYTES = 4; // float32 and int32 alike

/** Where the parts of a batch lie in its memory. */
export const workViews = ({ shape, labelled, memory }: Work): WorkViews => {
  const size = volume(shape);
  const [rows] = shape;
  const x = new Float32Array(memory, 0, size);
  const timesteps = new Float32Array(memory, size * BYTES, rows);
  return labelled ? { x, timesteps, labels: new Int32Array(memory, (size + rows) * BYTES, rows) } : { x, timesteps };
};

export const workBytes = (shape: ImageBatchShape): number => (volume(shape) + 2 * shape[0]) * BYTES;

export const volume = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The same memory while it is large enough; then one half as large again as is needed, so that it seldom grows. */
export const roomFor = (memory: SharedArrayBuffer, bytes: number): SharedArrayBuffer =>
  memory.byteLength >= bytes ? memory : new SharedArrayBuffer(Math.ceil((bytes * 1.5) / BYTES) * BYTES);
