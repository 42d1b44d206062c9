import type { Architecture } from './architecture.ts';
import { type Heads, MOST_SCORES, type NetOps } from './ops.ts';
import { inputShapes, type Shape, type Sizes, shapeOps, sizeOf } from './shapeOps.ts';

/** How a network runs: its maps as wholes, or those of an autoencoder in {@link BANDS}, on tfjs. */
export type Way = 'whole' | 'bands';

/** Bands that are many enough: with more of them hardly less is held. */
export const BANDS = 16;

/** A value: its shape, and how many of its numbers are held; none of what is computed band by band when it is needed. */
type Held = { readonly shape: Shape; readonly numbers: number };

/**
 * About how many bytes a network takes at a time, beside its weights, while it runs on one image: what tfjs holds. It is
 * meant for saying beforehand what will not do.
 *
 * Of the autoencoder of Stable Diffusion, for decoding to 512 x 512, it says 1.21 GB and 0.59 GB in bands; for 1024 x 1024
 * it is four times that. tfjs was seen to hold 1.21 GB and 0.61 GB; ONNX Runtime to take 1.05 GB, and 4.25 GB for
 * 1024 x 1024; PyTorch takes about 1.8 GB, with 0.3 GB of weights.
 *
 * @param sizes of what goes into the network: a decoder's are those of latents.
 */
export const activationBytes = (architecture: Architecture, sizes: Sizes, way: Way = 'whole'): number => {
  let [now, most] = [0, 0];
  const part: NetOps<Held>['part'] = (compute) => {
    const before = now;
    const result = compute();
    now = before + result.numbers;
    return result;
  };
  const operation =
    (name: Operation) =>
    (...values: (Held | undefined)[]): Held => {
      const shapes = values.map((value) => value?.shape ?? value);
      const shape = (shapeOps[name] as (...values: unknown[]) => Shape)(...shapes);
      const numbers = way === 'bands' && isLazy(name, shapes[1]) ? 0 : sizeOf(shape);
      now += numbers;
      most = Math.max(most, now + beside(name, way, shape, shapes));
      return { shape, numbers };
    };
  const ops = new Proxy({ part } as NetOps<Held>, {
    get: (own, name: keyof NetOps<Held>) => (name === 'part' ? own.part : operation(name)),
  });
  const whole = (shape: Shape): Held => ({ shape, numbers: 0 });
  const inputs = Object.entries(inputShapes(architecture, sizes)).map(([name, shape]) => [name, whole(shape)] as const);
  architecture.build<Held>(ops, (_, shape) => whole(shape))(Object.fromEntries(inputs));
  return most * Float32Array.BYTES_PER_ELEMENT;
};

type Operation = Exclude<keyof NetOps<Held>, 'part'>;

const ROW_BY_ROW = new Set<string>(['groupNorm', 'activate', 'affine', 'channels', 'nearestRow', 'upsample2x']);

const isLazy = (name: Operation, filter: unknown): boolean =>
  ROW_BY_ROW.has(name) || (name === 'conv2d' && (filter as Shape)[2] === 1);

/** Numbers that an operation needs for itself. */
const beside = (name: Operation, way: Way, shape: Shape, values: readonly unknown[]): number => {
  if (name === 'attend') {
    const [query, key, , { count }] = values as [Shape, Shape, Shape, Heads];
    const scores = Math.min(MOST_SCORES, count * (query[1] ?? 0) * (key[1] ?? 0));
    return 2 * scores + 10 * sizeOf(query); // and their softmax; rows in several orders
  }
  if (way === 'bands') return (6 * sizeOf(shape)) / BANDS; // what lies between two kept maps, for one band
  return name === 'groupNorm' ? 2 * sizeOf(shape) : 0; // what is centred, and its product with the scale
};
