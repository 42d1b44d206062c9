import type { Architecture } from './architecture.ts';
import type { NetOps } from './ops.ts';

/** Computes nothing: for building a network only to hear what it asks for. */
const NO_OPS = new Proxy({} as NetOps<null>, { get: () => () => null });

/**
 * Names and shapes, in PyTorch's order, of all parameters of a network, in the order in which it takes them.
 *
 * @throws CheckpointError `bad-config` where norm groups or attention heads do not fit the channels.
 */
export const parameterShapes = (architecture: Architecture): Map<string, readonly number[]> => {
  const shapes = new Map<string, readonly number[]>();
  const record = (name: string, shape: readonly number[]): null => {
    shapes.set(name, shape);
    return null;
  };
  architecture.build(NO_OPS, record);
  return shapes;
};
