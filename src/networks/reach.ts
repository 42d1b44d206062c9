import type { Architecture } from './architecture.ts';
import type { NetOps } from './ops.ts';

/** Lengths in pixels of the input. */
type Seen = {
  /** How far beyond its own place a pixel sees. */
  readonly beyond: number;
  /** Side of a pixel. */
  readonly side: number;
  /** Side of a filter, in its own pixels; 1 for what is no filter. */
  readonly filter: number;
};

const same = (x: Seen): Seen => x;

/** What sees no further than some pixels around; all else is taken to see everything. */
const LOCAL: Partial<NetOps<Seen>> = {
  conv2d: ({ beyond, side }, { filter }, _, { stride, padding: [top, , left] }) => {
    const pixels = Math.max(top, left, filter - stride - Math.min(top, left)); // before, or after
    return { beyond: beyond + pixels * side, side: side * stride, filter: 1 };
  },
  upsample2x: ({ beyond, side }) => ({ beyond: beyond + side / 2, side: side / 2, filter: 1 }), // the other half of its source
  add: (a, b) => (a.beyond < b.beyond ? b : a),
  activate: same,
  affine: same,
  channels: same,
  nearestRow: same,
  part: (compute) => compute(),
};

const EVERYTHING: Seen = { beyond: Number.POSITIVE_INFINITY, side: 1, filter: 1 };

/**
 * How far around its own place, in pixels of the input on each side, a pixel of a network's output sees at most: a cut
 * through the input further away changes nothing. Infinite where a norm over space or attention sees everything.
 */
export const reachOf = (architecture: Architecture): number => {
  const ops = new Proxy(LOCAL as NetOps<Seen>, {
    get: (local, name: keyof NetOps<Seen>) => local[name] ?? (() => EVERYTHING),
  });
  const network = architecture.build(ops, (_, shape) => ({ beyond: 0, side: 1, filter: shape[2] ?? 1 }));
  const inputs = Object.keys(architecture.inputs).map((name) => [name, { beyond: 0, side: 1, filter: 1 }] as const);
  return Math.max(...Object.values(network(Object.fromEntries(inputs))).map(({ beyond }) => beyond));
};
