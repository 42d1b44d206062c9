import { allWeightFiles, type DiffusersOutline } from '../../checkpoints/diffusers.ts';
import { DTYPES, type Dtype } from '../../checkpoints/dtypes.ts';
import { countNotFiniteBytes, refuseNotFinite } from '../../checkpoints/finite.ts';
import type { Folder } from '../../checkpoints/folder.ts';
import { toFloat32 } from '../../checkpoints/halfFloat.ts';
import { parseHeader } from '../../checkpoints/safetensors.ts';
import type { TensorPlace } from '../../checkpoints/safetensorsHeader.ts';
import { joinShards, naming, type WeightFile } from '../../checkpoints/weightFiles.ts';
import type { ElementType, Initializer } from '../../engines/onnx/protos.ts';

/** A file of weights in memory. */
export type LoadedFile = WeightFile & { readonly bytes: Uint8Array };

/** A tensor of a file in memory. */
export type LoadedTensor = TensorPlace & { readonly path: string; readonly bytes: Uint8Array };

/** Reads all files of weights of a checkpoint, in the order in which they count for its digest. */
export const readFiles = async (folder: Folder, outline: DiffusersOutline): Promise<readonly LoadedFile[]> => {
  const files: LoadedFile[] = [];
  for (const file of allWeightFiles(outline)) files.push({ ...file, bytes: await folder.read(file.path) });
  return files;
};

/**
 * The tensors of some of these files. Nothing is copied.
 *
 * @throws CheckpointError with the codes of `parseHeader` and `joinShards`.
 */
export const tensorsIn = (
  files: readonly LoadedFile[],
  wanted: readonly WeightFile[],
): ReadonlyMap<string, LoadedTensor> => {
  const paths = wanted.map(({ path }) => path);
  const shards = files
    .filter(({ path }) => paths.includes(path))
    .map(({ bytes, ...file }) => {
      const { tensors } = naming(file.path, () => parseHeader(bytes, bytes.byteLength));
      return { ...file, tensors: new Map([...tensors].map(([name, place]) => [name, { ...place, bytes }])) };
    });
  return new Map([...joinShards(shards)].map(([name, { path, tensor }]) => [name, { ...tensor, path }]));
};

/** @throws CheckpointError `not-finite-weights`. */
export const refuseNotFiniteTensors = (tensors: ReadonlyMap<string, LoadedTensor>): void => {
  for (const [name, { dtype, path, ...tensor }] of tensors) {
    const count = countNotFiniteBytes(dtype, bytesOf(tensor));
    if (count > 0) refuseNotFinite([{ name, count, size: sizeOf(tensor) }], path);
  }
};

/** What ONNX and safetensors store alike. */
const ALIKE: Partial<Record<Dtype, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
};

/**
 * The constants of a graph: they stay in their files, but for what ONNX Runtime cannot widen.
 *
 * @throws CheckpointError `bad-weight-dtype`.
 */
export const initializersIn = (tensors: ReadonlyMap<string, LoadedTensor>): ReadonlyMap<string, Initializer> =>
  new Map([...tensors].map(([name, tensor]) => [name, initializer(name, tensor)]));

const initializer = (name: string, { dtype, shape, path, begin, end, bytes }: LoadedTensor): Initializer => {
  const type = ALIKE[dtype];
  if (type) return { type, shape, data: { location: path, offset: begin, length: end - begin } };
  const own = bytes.slice(begin, end);
  const data = new DTYPES[dtype].array(
    own.buffer as ArrayBuffer,
    0,
    own.byteLength / DTYPES[dtype].array.BYTES_PER_ELEMENT,
  );
  return { type: 'float32', shape, data: new Uint8Array(toFloat32({ dtype, shape, data }, name).slice().buffer) };
};

const bytesOf = ({ bytes, begin, end }: Pick<LoadedTensor, 'bytes' | 'begin' | 'end'>): Uint8Array =>
  bytes.subarray(begin, end);

/** Values of a tensor. */
export const sizeOf = ({ shape }: Pick<LoadedTensor, 'shape'>): number => shape.reduce((a, b) => a * b, 1);
