import { CheckpointError } from '../errors.ts';
import { isCounting } from '../networks/clipTextWeights.ts';
import { isObject, readConfigFile } from './configFile.ts';
import { countNotFinite, type NotFinite, refuseNotFinite } from './finite.ts';
import { type Folder, firstExisting } from './folder.ts';
import { toFloat32 } from './halfFloat.ts';
import { parseSafetensors } from './safetensors.ts';

/** A parameter of a network in PyTorch's layout and C order. */
export type Weight = { readonly shape: readonly number[]; readonly data: Float32Array };

/** A file of weights: its path in the folder, and the tensors that an index says it holds. */
export type WeightFile = { readonly path: string; readonly promised: readonly string[] };

/** What diffusers calls the weights of its networks, and transformers of its own. */
const STEMS = ['diffusion_pytorch_model', 'model'];
const SINGLE = STEMS.flatMap((stem) => [`${stem}.safetensors`, `${stem}.fp16.safetensors`]);
const INDICES = STEMS.flatMap((stem) => [
  `${stem}.safetensors.index.json`,
  `${stem}.safetensors.index.fp16.json`,
  `${stem}.fp16.safetensors.index.json`,
]);
const PICKLES = [
  ...['diffusion_pytorch_model', 'pytorch_model'].flatMap((stem) =>
    ['bin', 'fp16.bin', 'bin.index.json', 'pt', 'ckpt'].map((ending) => `${stem}.${ending}`),
  ),
  ...['model.ckpt', 'model.pt', 'model.pth'],
];

/**
 * The safetensors files that hold the weights of a network: one, or the shards that an index lists.
 *
 * @param home path of the network's folder within `folder`: empty, or with a slash at its end.
 * @throws CheckpointError `no-such-model`, `pickle-refused`, `bad-weight-index`.
 */
export const findWeightFiles = async (folder: Folder, home: string): Promise<readonly WeightFile[]> => {
  const at = (names: readonly string[]): string[] => names.map((name) => home + name);
  const found = await firstExisting(folder, at([...SINGLE, ...INDICES]));
  if (found?.endsWith('.json')) return readIndex(folder, home, found);
  if (found !== undefined) return [{ path: found, promised: [] }];
  await refusePickles(folder, home);
  const wanted = at([...SINGLE, ...INDICES]).join(', ');
  throw new CheckpointError('no-such-model', `${folder.name} has a config but no weights; looked for: ${wanted}`);
};

/** @throws CheckpointError `pickle-refused` where the only weights are in a form that may run code. */
export const refusePickles = async (folder: Folder, home: string): Promise<void> => {
  const pickle = await firstExisting(
    folder,
    PICKLES.map((name) => home + name),
  );
  if (pickle === undefined) return;
  const remedy = 'save it with save_pretrained(..., safe_serialization=True)';
  throw new CheckpointError('pickle-refused', `${folder.name}/${pickle} is a pickle, which may run code; ${remedy}`);
};

/**
 * All tensors of some safetensors files as float32.
 *
 * @throws CheckpointError with the codes of `parseSafetensors`, `toFloat32` and {@link joinShards}, `not-finite-weights`.
 */
export const readWeights = (files: readonly (WeightFile & { readonly bytes: Uint8Array })[]): Map<string, Weight> => {
  const shards = files.map(({ bytes, ...file }) => ({
    ...file,
    tensors: naming(file.path, () => parseSafetensors(bytes)),
  }));
  const weights = new Map<string, Weight>();
  const found = new Map<string, NotFinite[]>();
  for (const [name, { path, tensor }] of joinShards(shards)) {
    if (isCounting(name)) continue;
    const data = toFloat32(tensor, `${name} in ${path}`);
    const count = countNotFinite({ dtype: 'F32', data });
    if (count > 0) found.set(path, [...(found.get(path) ?? []), { name, count, size: data.length }]);
    weights.set(name, { shape: tensor.shape, data });
  }
  for (const [path, tensors] of found) refuseNotFinite(tensors, path);
  return weights;
};

/**
 * The tensors of all shards, each with the path of its file.
 *
 * @throws CheckpointError `bad-weight-index` for a tensor that is in two files or not in the file that should hold it.
 */
export const joinShards = <T>(
  shards: readonly (WeightFile & { readonly tensors: ReadonlyMap<string, T> })[],
): Map<string, { readonly path: string; readonly tensor: T }> => {
  const joined = new Map<string, { path: string; tensor: T }>();
  for (const { path, promised, tensors } of shards) {
    for (const name of promised)
      if (!tensors.has(name)) throw badIndex(path, `lacks "${name}", which the index promises`);
    for (const [name, tensor] of tensors) {
      if (joined.has(name)) throw badIndex(path, `holds "${name}", which another shard holds, too`);
      joined.set(name, { path, tensor });
    }
  }
  return joined;
};

/** Runs a reader of a file; its refusals get the name of the file. */
export const naming = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    throw new CheckpointError(cause.code, `${path}: ${cause.message}`, { cause });
  }
};

const readIndex = async (folder: Folder, home: string, path: string): Promise<readonly WeightFile[]> => {
  const { weight_map: map } = (await readConfigFile(folder, path)).fields;
  if (!isObject(map)) throw badIndex(path, 'needs a weight_map from tensor names to files');
  const shards = new Set(Object.values(map));
  if (shards.size === 0) throw badIndex(path, 'has an empty weight_map');
  return [...shards].map((shard) => {
    if (typeof shard === 'string' && /^[\w.-]+\.safetensors$/.test(shard)) {
      return { path: home + shard, promised: Object.keys(map).filter((name) => map[name] === shard) };
    }
    throw badIndex(path, `names the file ${JSON.stringify(shard)}, but shards are .safetensors files beside the index`);
  });
};

const badIndex = (path: string, rule: string): CheckpointError =>
  new CheckpointError('bad-weight-index', `${path} ${rule}; fetch the folder again`);
