import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TensorProto_DataLocation as Location, type TensorProto, TensorProto_DataType as Type } from 'onnx-buf';
import { DTYPES, type Dtype } from '../../checkpoints/dtypes.ts';
import { countNotFinite, countNotFiniteBytes, type NotFinite, refuseNotFinite } from '../../checkpoints/finite.ts';
import { CheckpointError } from '../../errors.ts';
import { refuseNotFiniteOnDisk, type TensorOnDisk } from './finiteOnDisk.ts';
import { constantsOf, type OnnxFile } from './onnxProto.ts';

/** Element types that can hold what is not finite. */
const FLOATS: Readonly<Partial<Record<Type, Dtype>>> = {
  [Type.FLOAT]: 'F32',
  [Type.FLOAT16]: 'F16',
  [Type.BFLOAT16]: 'BF16',
  [Type.DOUBLE]: 'F64',
};

/** Bytes of an element, where it takes whole ones. */
const BYTES: Readonly<Partial<Record<Type, number>>> = {
  ...Object.fromEntries(Object.entries(FLOATS).map(([type, dtype]) => [type, DTYPES[dtype].bits / 8])),
  ...{ [Type.INT64]: 8, [Type.UINT64]: 8, [Type.INT32]: 4, [Type.UINT32]: 4, [Type.INT16]: 2, [Type.UINT16]: 2 },
  ...{ [Type.INT8]: 1, [Type.UINT8]: 1, [Type.BOOL]: 1 },
};

/**
 * Proves that the weights of an ONNX file are there, whole and finite: those in it and those beside it. A single number
 * may be infinite, since that is how a bound is written that does not bind.
 *
 * @param path of the file.
 * @returns paths of the files with weights beside it.
 * @throws CheckpointError `not-finite-weights`, `missing-weights`, `bad-external-data`, `unreadable-file`.
 */
export const proveWeights = async ({ graph }: OnnxFile, path: string): Promise<readonly string[]> => {
  const constants = constantsOf(graph);
  const inside = constants.filter((tensor) => !isOutside(tensor) && tensor.dims.length > 0);
  refuseNotFinite(inside.flatMap(notFiniteIn), path);
  const files = new Map<string, TensorOnDisk[]>();
  for (const tensor of constants.filter(isOutside)) {
    const { file, ...place } = await placeOf(tensor, path);
    const dtype = FLOATS[tensor.dataType as Type] ?? 'U8';
    files.set(file, [...(files.get(file) ?? []), { name: tensor.name, dtype, ...place }]);
  }
  for (const [file, tensors] of files) await refuseNotFiniteOnDisk(file, tensors);
  return [...files.keys()];
};

const isOutside = ({ dataLocation }: TensorProto): boolean => dataLocation === Location.EXTERNAL;

const sizeOf = ({ dims }: TensorProto): number => dims.reduce((size, length) => size * Number(length), 1);

const notFiniteIn = (tensor: TensorProto): readonly NotFinite[] => {
  const { name, dataType, rawData, floatData, doubleData, int32Data } = tensor;
  const dtype = FLOATS[dataType as Type];
  if (dtype === undefined) return [];
  const count =
    countNotFiniteBytes(dtype, rawData) +
    countNotFinite({ dtype: 'F32', data: Float32Array.from(floatData) }) +
    countNotFinite({ dtype: 'F64', data: Float64Array.from(doubleData) }) +
    (DTYPES[dtype].bits === 16 ? countNotFinite({ dtype, data: Uint16Array.from(int32Data) }) : 0);
  return count > 0 ? [{ name, count, size: sizeOf(tensor) }] : [];
};

type Place = { readonly file: string; readonly begin: number; readonly end: number };

const placeOf = async (tensor: TensorProto, path: string): Promise<Place> => {
  const {
    location = '',
    offset = '0',
    length,
  } = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
  if (location === '' || /^[/\\]|^\w:|(^|[/\\])\.\.([/\\]|$)/.test(location)) {
    const rule = `${path} keeps ${tensor.name} in ${JSON.stringify(location)}, but weights lie beside it or below`;
    throw new CheckpointError('bad-external-data', `${rule}; export it again`);
  }
  const file = join(dirname(path), location);
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    const rule = `${path} keeps its weights in ${location}, and there is no such file in ${dirname(path)}`;
    throw new CheckpointError('missing-weights', `${rule}; put both into one folder under the names that they had`);
  }
  const bytes = sizeOf(tensor) * (BYTES[tensor.dataType as Type] ?? Number(length));
  const begin = Number(offset);
  if (begin >= 0 && Number(length ?? bytes) === bytes) return { file, begin, end: begin + bytes };
  const rule = `${tensor.name} takes ${bytes} bytes, but ${path} says ${length} from ${offset} on in ${location}`;
  throw new CheckpointError('bad-external-data', `${rule}; export it again`);
};
