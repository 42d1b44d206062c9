import type { SessionFeeds } from './feeds.ts';
import { volume, type Work, workViews } from './protocol.ts';

/** What became of a request. */
export type Outcome = { readonly output: Float32Array } | { readonly error: Error };

/** Feeds that wait for their output. Its rows may go through the network in several batches, of several sessions. */
export type Request = {
  readonly feeds: SessionFeeds;
  readonly settle: (outcome: Outcome) => void;
  /** Rows not yet taken into a batch start here. */
  next: number;
  /** Rows without an answer. */
  missing: number;
  /** Known from the first answer on. */
  output?: Float32Array;
  isSettled: boolean;
};

/** Rows of one request. */
export type Piece = { readonly request: Request; readonly from: number; readonly count: number };

/** What goes through a session at once: rows of the same size. */
export type Batch = { readonly pieces: readonly Piece[]; readonly rows: number; deaths: number };

export const newRequest = (feeds: SessionFeeds, settle: Request['settle']): Request => ({
  feeds,
  settle,
  next: 0,
  missing: feeds.shape[0],
  isSettled: false,
});

/** Rows that wait, up to `limit`: no need to count further. */
export const waitingRows = (queue: readonly Request[], limit = Number.POSITIVE_INFINITY): number => {
  let rows = 0;
  for (const { feeds, next } of queue) {
    if (rows >= limit) break;
    rows += feeds.shape[0] - next;
  }
  return rows;
};

/** Takes up to `most` rows from the front of a queue that is not empty; stops at the first image of another size. */
export const takeBatch = (queue: Request[], most: number): Batch => {
  const pieces: Piece[] = [];
  const size = rowShape(queue[0]);
  let rows = 0;
  while (rows < most && queue[0] && rowShape(queue[0]) === size) {
    const [request] = queue as [Request];
    const count = Math.min(most - rows, request.feeds.shape[0] - request.next);
    pieces.push({ request, from: request.next, count });
    rows += count;
    request.next += count;
    if (request.next === request.feeds.shape[0]) queue.shift();
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

const rowShape = (request: Request | undefined): string => String(request?.feeds.shape.slice(1));

/** How a batch looks to a session. `memory` has room for it; see `workBytes`. */
export const batchWork = ({ pieces, rows }: Batch, memory: SharedArrayBuffer): Work => {
  const [{ request }] = pieces as readonly [Piece];
  const [, height, width, channels] = request.feeds.shape;
  return { shape: [rows, height, width, channels], labelled: request.feeds.labels !== undefined, memory };
};

/** Puts the rows of a batch into its memory. */
export const writeBatch = ({ pieces }: Batch, work: Work): void => {
  const views = workViews(work);
  const size = volume(work.shape.slice(1));
  let at = 0;
  for (const { request, from, count } of pieces) {
    const { x, timesteps, labels } = request.feeds;
    views.x.set(x.subarray(from * size, (from + count) * size), at * size);
    for (let row = 0; row < count; row += 1) {
      views.timesteps[at + row] = timesteps[from + row] as number;
      if (views.labels && labels) views.labels[at + row] = labels[from + row] as number;
    }
    at += count;
  }
};

/** Hands a session's output out to the requests of a batch, and settles those that lack nothing more. */
export const readBatch = ({ pieces, rows }: Batch, values: Float32Array): void => {
  const size = values.length / rows;
  let at = 0;
  for (const { request, from, count } of pieces) {
    request.output ??= new Float32Array(request.feeds.shape[0] * size);
    request.output.set(values.subarray(at * size, (at + count) * size), from * size);
    request.missing -= count;
    if (request.missing === 0) settle(request, { output: request.output });
    at += count;
  }
};

/** The first outcome counts. */
export const settle = (request: Request, outcome: Outcome): void => {
  if (request.isSettled) return;
  request.isSettled = true;
  request.settle(outcome);
};
