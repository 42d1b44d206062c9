import type { Drawing } from './drawing.ts';
import { type Point, rounded, within } from './frame.ts';

/** Where a drawing can be taken hold of: x in epochs, y the value there. */
export type Handle = Point & {
  /** What it is, for people. */
  readonly name: string;
  /** Which ways it can be moved. */
  readonly moves: 'value' | 'epoch' | 'both';
  readonly apply: (to: Point) => Drawing;
};

/** Curves with more epochs than this are taken hold of at some of them. */
const MOST_HANDLES = 13;

/** The handles of a drawing, from the first epoch to the last. */
export const handlesOf = (drawing: Drawing, epochs: number): Handle[] =>
  allHandles(drawing, epochs).slice(0, epochs === 1 ? 1 : undefined); // the others would move nothing

const allHandles = (drawing: Drawing, epochs: number): Handle[] => {
  const last = epochs - 1;
  const { kind, values, period } = drawing;
  const at = (name: string, x: number, n: number): Handle => ({
    ...{ name, x, y: values[n] ?? 0, moves: 'value' },
    apply: ({ y }) => ({ ...drawing, values: values.with(n, inUnit(y)) }),
  });
  if (kind === 'constant') return [at('throughout', last / 2, 0)];
  if (kind === 'ramp' || kind === 'cosine') return [at('in the first epoch', 0, 0), at('in the last epoch', last, 1)];
  if (kind === 'stepwise') return values.map((_, n) => at(`in step ${n + 1}`, ((n + 0.5) / values.length) * last, n));
  if (kind === 'cyclic') {
    const crest: Handle = {
      ...{ name: 'at the top of a wave', x: Math.min(period / 2, last), y: values[1] ?? 0, moves: 'both' },
      apply: ({ x, y }) => ({
        ...drawing,
        values: values.with(1, inUnit(y)),
        period: within(Math.round(2 * x), [2, Math.max(2, epochs)]),
      }),
    };
    return [at('at the bottom of a wave', 0, 0), crest];
  }
  return freeHandles(drawing, epochs);
};

/** One for each epoch; or some of them, which take the values between them along in straight lines. */
const freeHandles = (drawing: Drawing, epochs: number): Handle[] => {
  const count = Math.min(epochs, MOST_HANDLES);
  const places = Array.from({ length: count }, (_, n) => Math.round((n * (epochs - 1)) / Math.max(1, count - 1)));
  const valueAt = (epoch: number): number => drawing.values[epoch] ?? drawing.values.at(-1) ?? 0;
  return places.map((epoch, n) => ({
    ...{ name: `in epoch ${epoch + 1}`, x: epoch, y: valueAt(epoch), moves: 'value' },
    apply: ({ y }) => {
      const here = { x: epoch, y: inUnit(y) };
      const sides = [places[n - 1], places[n + 1]].flatMap((x) => (x === undefined ? [] : [{ x, y: valueAt(x) }]));
      return sides.reduce((drawn, side) => painted(drawn, side, here), painted(drawing, here, here));
    },
  }));
};

/** A free drawing with a straight stroke through it, from one epoch to another; what the values say in between is gone. */
export const painted = (drawing: Drawing, from: Point, to: Point): Drawing => {
  const [left, right] = from.x <= to.x ? [from, to] : [to, from];
  const [first, last] = [Math.round(left.x), Math.round(right.x)];
  const values = drawing.values.map((value, epoch) => {
    if (epoch < first || epoch > last) return value;
    const share = first === last ? 1 : (epoch - first) / (last - first);
    const [a, b] = first === last ? [to.y, to.y] : [left.y, right.y];
    return rounded(within(a + (b - a) * share, [0, 1]), 0.001);
  });
  return { ...drawing, values };
};

/** Where the warm-up ends; moved to the first epoch it is gone. */
export const warmUpHandle = (drawing: Drawing, epochs: number, value: number): Handle => ({
  ...{ name: 'end of the warm-up', x: drawing.warmUp, y: value, moves: 'epoch' },
  apply: ({ x }) => ({ ...drawing, warmUp: within(Math.round(x), [0, Math.max(0, epochs - 1)]) }),
});

/** Where it begins, for what follows something else from there on. */
export const startHandle = (drawing: Drawing): Handle => ({
  ...{ name: 'where it begins', x: 0, y: drawing.warmUp > 0 ? 0 : (drawing.values[0] ?? 0), moves: 'value' },
  apply: ({ y }) => ({ ...drawing, values: drawing.values.with(0, inUnit(y)), warmUp: 0 }),
});

const inUnit = (value: number): number => rounded(within(value, [0, 1]));
