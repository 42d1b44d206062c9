import type { Feed, SessionOutput } from './feeds.ts';
import { type Cells, volume, type Work } from './protocol.ts';

/** What became of a request. */
export type Outcome = { readonly outputs: SessionOutput[] } | { readonly error: Error };

/** Feeds that wait for their outputs. Its rows may go through the network in several batches, of several sessions. */
export type Request = {
  readonly rows: number;
  /** In the order of the graph's inputs. */
  readonly feeds: readonly Feed[];
  /** Requests of equal row shapes may share a batch. */
  readonly rowShapes: string;
  readonly settle: (outcome: Outcome) => void;
  /** Rows not yet taken into a batch start here. */
  next: number;
  /** Rows without an answer. */
  missing: number;
  /** Known from the first answer on. */
  outputs?: SessionOutput[];
  isSettled: boolean;
};

/** Rows of one request. */
export type Piece = { readonly request: Request; readonly from: number; readonly count: number };

/** What goes through a session at once: rows of the same size. */
export type Batch = { readonly pieces: readonly Piece[]; readonly rows: number; deaths: number };

export const newRequest = (rows: number, feeds: readonly Feed[], settle: Request['settle']): Request => ({
  rows,
  feeds,
  rowShapes: feeds.map(({ shape }) => shape.join()).join(';'),
  settle,
  next: 0,
  missing: rows,
  isSettled: false,
});

/** Rows that wait, up to `limit`: no need to count further. */
export const waitingRows = (queue: readonly Request[], limit = Number.POSITIVE_INFINITY): number => {
  let sum = 0;
  for (const { rows, next } of queue) {
    if (sum >= limit) break;
    sum += rows - next;
  }
  return sum;
};

/** Takes up to `most` rows from the front of a queue that is not empty; stops at the first of another size. */
export const takeBatch = (queue: Request[], most: number): Batch => {
  const pieces: Piece[] = [];
  const rowShapes = queue[0]?.rowShapes;
  let rows = 0;
  while (rows < most && queue[0]?.rowShapes === rowShapes) {
    const [request] = queue as [Request];
    const count = Math.min(most - rows, request.rows - request.next);
    pieces.push({ request, from: request.next, count });
    rows += count;
    request.next += count;
    if (request.next === request.rows) queue.shift();
  }
  return { pieces, rows, deaths: 0 };
};

/** A batch of at least two rows as two, in their order. */
export const halves = ({ pieces, rows, deaths }: Batch): readonly [Batch, Batch] => {
  const first: Piece[] = [];
  const second: Piece[] = [];
  let room = Math.ceil(rows / 2);
  for (const { request, from, count } of pieces) {
    const taken = Math.min(room, count);
    if (taken > 0) first.push({ request, from, count: taken });
    if (taken < count) second.push({ request, from: from + taken, count: count - taken });
    room -= taken;
  }
  const firstRows = Math.ceil(rows / 2);
  return [
    { pieces: first, rows: firstRows, deaths },
    { pieces: second, rows: rows - firstRows, deaths },
  ];
};

/** How a batch looks to a session. `memory` has room for it; see `workBytes`. */
export const batchWork = ({ pieces, rows }: Batch, memory: SharedArrayBuffer): Work => {
  const [{ request }] = pieces as readonly [Piece];
  return { rows, shapes: request.feeds.map(({ shape }) => shape), memory };
};

/** Puts the rows of a batch into its memory. */
export const writeBatch = ({ pieces }: Batch, views: readonly Cells[]): void => {
  let at = 0;
  for (const { request, from, count } of pieces) {
    for (const [n, { data, shape }] of request.feeds.entries()) {
      const size = volume(shape);
      copy(data, [from * size, (from + count) * size], views[n] as Cells, at * size);
    }
    at += count;
  }
};

const copy = (data: ArrayLike<number>, [from, to]: readonly [number, number], into: Cells, at: number): void => {
  if (data instanceof Float32Array && into instanceof Float32Array) into.set(data.subarray(from, to), at);
  else {
    const round = into instanceof Int32Array ? Math.round : Number;
    for (let i = from; i < to; i += 1) into[at + i - from] = round(data[i] as number);
  }
};

/** Hands a session's outputs out to the requests of a batch, and settles those that lack nothing more. */
export const readBatch = ({ pieces, rows }: Batch, outputs: readonly SessionOutput[]): void => {
  let at = 0;
  for (const { request, from, count } of pieces) {
    request.outputs ??= outputs.map(({ data, shape: [, ...row] }) => {
      const size = data.length / rows;
      return { data: new Float32Array(request.rows * size), shape: [request.rows, ...row] };
    });
    for (const [n, { data }] of outputs.entries()) {
      const size = data.length / rows;
      request.outputs[n]?.data.set(data.subarray(at * size, (at + count) * size), from * size);
    }
    request.missing -= count;
    if (request.missing === 0) settle(request, { outputs: request.outputs });
    at += count;
  }
};

/** The first outcome counts. */
export const settle = (request: Request, outcome: Outcome): void => {
  if (request.isSettled) return;
  request.isSettled = true;
  request.settle(outcome);
};
