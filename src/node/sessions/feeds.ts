import { ArgumentError, isCount } from '../../errors.ts';
import type { GraphFacts } from './graphFacts.ts';
import { type ImageBatchShape, volume } from './protocol.ts';

/** What a network is asked: one timestep and, for a conditional one, one label for each row. Read once, left alone. */
export type SessionFeeds = {
  /** float32, NHWC. */
  readonly x: Float32Array;
  readonly shape: ImageBatchShape;
  readonly timesteps: ArrayLike<number>;
  readonly labels?: ArrayLike<number>;
};

/**
 * Checks feeds against what the graph takes.
 *
 * @throws ArgumentError `bad-feeds`.
 */
export const checkFeeds = ({ x, shape, timesteps, labels }: SessionFeeds, facts: GraphFacts): void => {
  if (shape.length !== 4 || !shape.every((size) => isCount(size))) {
    throw badFeeds(`shape must be [N, H, W, C] of whole numbers of at least 1, got [${shape}]`);
  }
  const [rows, ...sizes] = shape;
  if (x.length !== volume(shape)) throw badFeeds(`x of shape [${shape}] has ${volume(shape)} values, got ${x.length}`);
  if (facts.imageShape.some((size, axis) => size !== 0 && size !== sizes[axis])) {
    const wanted = facts.imageShape.map((size) => size || 'any').join(' x ');
    throw badFeeds(`the graph takes images of ${wanted} (height, width, channels), got ${sizes.join(' x ')}`);
  }
  if (timesteps.length !== rows) throw badFeeds(`need a timestep for each of ${rows} rows, got ${timesteps.length}`);
  if (!facts.labels && labels) throw badFeeds('labels were given, but the graph has no input for them; leave them out');
  if (facts.labels && labels?.length !== rows) {
    throw badFeeds(`need a label for each of ${rows} rows, got ${labels ? labels.length : 'none'}`);
  }
};

const badFeeds = (message: string): ArgumentError => new ArgumentError('bad-feeds', message);
