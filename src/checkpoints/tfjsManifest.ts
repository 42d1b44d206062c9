import { CheckpointError, isCount } from '../errors.ts';
import { isObject } from './configFile.ts';

/** A weight as tfjs' manifests describe it. */
export type WeightSpec = {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'complex64';
  readonly quantization?: {
    readonly dtype: 'uint8' | 'uint16' | 'float16';
    readonly scale?: number;
    readonly min?: number;
  };
};

/** Weights that lie one after another in some files, in the order of both lists. */
export type WeightGroup = {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
  /** Length of all files together. */
  readonly bytes: number;
};

const BYTES = { float32: 4, int32: 4, bool: 1, complex64: 8 } as const;
const QUANTIZED = { uint8: 1, uint16: 2, float16: 2 } as const;

/**
 * The groups of a `weightsManifest`, with the exact length that their files must have.
 *
 * @throws CheckpointError `bad-weights-manifest` for what is not as it should be, a path that leaves the folder, and a
 *   weight or file that is there twice; `unsupported-weights` for a dtype that is not known.
 */
export const readManifest = (manifest: unknown): readonly WeightGroup[] => {
  if (!Array.isArray(manifest)) throw bad('must be a list of groups');
  const groups = manifest.map(readGroup);
  refuseTwice(groups.flatMap(({ weights }) => weights.map(({ name }) => name)));
  refuseTwice(groups.flatMap(({ paths }) => paths));
  return groups;
};

/** Number of values of a weight. */
export const sizeOf = ({ shape }: WeightSpec): number => shape.reduce((product, size) => product * size, 1);

const readGroup = (group: unknown): WeightGroup => {
  const { paths, weights } = isObject(group) ? group : {};
  if (!Array.isArray(paths) || !Array.isArray(weights)) throw bad('has a group without lists of paths and weights');
  const specs = weights.map(readSpec);
  return { paths: paths.map(readPath), weights: specs, bytes: specs.reduce((sum, spec) => sum + bytesOf(spec), 0) };
};

/** Relative, downwards, and free of characters that would mean something in an address. */
const readPath = (path: unknown): string => {
  const parts = typeof path === 'string' ? path.split('/') : [''];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (parts.every((part) => /^[^\\:?#%\x00-\x1f]+$/.test(part) && part !== '.' && part !== '..'))
    return parts.join('/');
  throw bad(`names the file ${JSON.stringify(path)}, but files must lie in the folder of model.json or below`);
};

const readSpec = (spec: unknown): WeightSpec => {
  const { name, shape, dtype, quantization } = isObject(spec) ? spec : {};
  if (typeof name !== 'string') throw bad(`has a weight without a name: ${JSON.stringify(spec)?.slice(0, 100)}`);
  if (!Array.isArray(shape) || !shape.every((size) => isCount(size, 0))) {
    throw bad(`gives ${name} the shape ${JSON.stringify(shape)}, but it must be a list of sizes`);
  }
  if (!isKey(BYTES, dtype)) throw unsupported(name, dtype, BYTES);
  if (quantization === undefined) return { name, shape, dtype };
  const { dtype: stored, scale, min } = isObject(quantization) ? quantization : {};
  if (!isKey(QUANTIZED, stored)) throw unsupported(name, stored, QUANTIZED);
  if (stored === 'float16') return { name, shape, dtype, quantization: { dtype: stored } };
  const largest = Number(min) + Number(scale) * (2 ** (8 * QUANTIZED[stored]) - 1);
  if (typeof scale !== 'number' || typeof min !== 'number' || !Number.isFinite(Math.fround(largest))) {
    throw bad(`quantizes ${name} to ${stored} without finite numbers scale and min (${scale} and ${min})`);
  }
  return { name, shape, dtype, quantization: { dtype: stored, scale, min } };
};

/** Bytes of a weight as it is stored. */
export const bytesOf = (spec: WeightSpec): number =>
  sizeOf(spec) * (spec.quantization ? QUANTIZED[spec.quantization.dtype] : BYTES[spec.dtype]);

const isKey = <Key extends string>(table: Readonly<Record<Key, number>>, key: unknown): key is Key =>
  typeof key === 'string' && Object.hasOwn(table, key);

const refuseTwice = (names: readonly string[]): void => {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw bad(`has "${name}" twice`);
    seen.add(name);
  }
};

const unsupported = (name: string, dtype: unknown, table: object): CheckpointError => {
  const rule = `${name} in the weights manifest is stored as ${JSON.stringify(dtype)}, which is not supported`;
  return new CheckpointError('unsupported-weights', `${rule}; supported: ${Object.keys(table).join(', ')}`);
};

const bad = (rule: string): CheckpointError =>
  new CheckpointError('bad-weights-manifest', `the weights manifest ${rule}; convert the model again`);
