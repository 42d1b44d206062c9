import type { Weight } from '../engines/tfjs/parameters.ts';
import type { Architecture } from '../networks/architecture.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { fillGaussian, type SeedPath, uniformStream } from '../random.ts';

/**
 * Random weights as PyTorch gives them to a fresh network: uniform within 1 / sqrt(fan in) for convolutions, matrices
 * and their biases, standard normal for tables of labels, ones and zeros for norms.
 *
 * @param seed equal seeds give equal weights, parameter by parameter.
 */
export const initialWeights = (architecture: Architecture, seed: string | number): Map<string, Weight> => {
  const shapes = parameterShapes(architecture);
  const weights = new Map<string, Weight>();
  for (const [name, shape] of shapes) {
    const owner = shapes.get(name.replace(/\.bias$/, '.weight')) ?? shape;
    weights.set(name, { shape, data: fresh({ name, shape, owner }, [seed, 'weight', name]) });
  }
  return weights;
};

type Parameter = { readonly name: string; readonly shape: readonly number[]; readonly owner: readonly number[] };

const fresh = ({ name, shape, owner }: Parameter, path: SeedPath): Float32Array => {
  const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
  if (owner.length === 1) return name.endsWith('.weight') ? data.fill(1) : data;
  if (/(class_embedding|time_proj)\.weight$/.test(name)) {
    fillGaussian(path, data);
    return data;
  }
  const bound = 1 / Math.sqrt(owner.slice(1).reduce((size, length) => size * length, 1));
  const next = uniformStream(path);
  return data.map(() => bound * (2 * next() - 1));
};
