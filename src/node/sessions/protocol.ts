import type { MessagePort } from 'node:worker_threads';
import type { Device } from './device.ts';
import type { GraphFacts, GraphNames } from './graphFacts.ts';
import { type GraphInput, isInteger } from './graphInput.ts';

/** What a thread is told of a session that it is to open: at its start, and a thread of a GPU later of more. */
export type ThreadData = {
  /** Work comes in here, replies go out. */
  readonly port: MessagePort;
  /** One counter for the whole pool, raised after every reply, so that a blocked main thread can wait for any. */
  readonly bell: Int32Array;
  /** Becomes 1 when this thread ends. */
  readonly gone: Int32Array;
  /** File of the onnxruntime-node package. */
  readonly runtime: string;
  readonly device: Device;
  /** File of the graph. */
  readonly graph: string;
  /** Threads within the session. */
  readonly threads: number;
  readonly names: GraphNames;
};

/** One batch. `memory` holds the rows of every input of the graph, one input after the other. */
export type Work = {
  readonly rows: number;
  /** Of one row of each input, in the order of the graph's inputs. */
  readonly shapes: Shapes;
  readonly memory: SharedArrayBuffer;
};

/** The session is wanted no more, while its thread goes on with others. */
export type Close = { readonly kind: 'close' };

export type Shapes = readonly (readonly number[])[];

/** The outputs lie in `memory`, one after the other, until the thread gets its next work; `shapes` have rows in front. */
export type Reply =
  | { readonly kind: 'ready'; readonly facts: GraphFacts }
  | { readonly kind: 'done'; readonly memory: SharedArrayBuffer; readonly shapes: Shapes }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' };

/** Values of an input: int32 where the graph takes integers of any size, else float32. */
export type Cells = Float32Array | Int32Array;

const BYTES = 4; // float32 and int32 alike

/** Where the inputs of a batch lie in its memory. */
export const workViews = ({ rows, shapes, memory }: Work, inputs: readonly GraphInput[]): readonly Cells[] => {
  let at = 0;
  return inputs.map(({ type }, n) => {
    const count = rows * volume(shapes[n] ?? []);
    const view = isInteger(type) ? new Int32Array(memory, at, count) : new Float32Array(memory, at, count);
    at += view.byteLength;
    return view;
  });
};

/** Where outputs lie in their memory. */
export const outputViews = (memory: SharedArrayBuffer, shapes: Shapes): readonly Float32Array[] => {
  let at = 0;
  return shapes.map((shape) => {
    const view = new Float32Array(memory, at, volume(shape));
    at += view.byteLength;
    return view;
  });
};

export const workBytes = ({ rows, shapes }: Pick<Work, 'rows' | 'shapes'>): number => rows * outputBytes(shapes);

export const outputBytes = (shapes: Shapes): number => shapes.reduce((sum, shape) => sum + volume(shape) * BYTES, 0);

export const volume = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The same memory while it is large enough; then one half as large again as is needed, so that it seldom grows. */
export const roomFor = (memory: SharedArrayBuffer, bytes: number): SharedArrayBuffer =>
  memory.byteLength >= bytes ? memory : new SharedArrayBuffer(Math.ceil((bytes * 1.5) / BYTES) * BYTES);
