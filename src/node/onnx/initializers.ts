import { type ArrayKind, DTYPES, type Dtype } from '../../checkpoints/dtypes.ts';
import { toFloat32 } from '../../checkpoints/halfFloat.ts';
import type { ElementType, ExternalData, Initializer } from '../../engines/onnx/protos.ts';
import { type PlacedTensor, readPart } from './weightsOnDisk.ts';

/** What ONNX and safetensors store alike. */
const ALIKE: Partial<Record<Dtype, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
};

/** How a graph holds a tensor that is to stay where it is; nothing if it is to be taken into the graph. */
export type Refer = (placed: PlacedTensor) => ExternalData | undefined;

/**
 * The constants of a graph for the tensors of a checkpoint. What ONNX Runtime cannot widen is widened here.
 *
 * @param files the file of each path.
 * @throws CheckpointError `bad-weight-dtype`, `unreadable-file`.
 */
export const initializersOf = async (
  places: ReadonlyMap<string, PlacedTensor>,
  files: ReadonlyMap<string, string>,
  refer: Refer,
): Promise<Map<string, Initializer>> => {
  const initializers = new Map<string, Initializer>();
  for (const [name, placed] of places) {
    const { dtype, shape, begin, end } = placed;
    const type = ALIKE[dtype];
    const outside = type && refer(placed);
    if (outside) {
      initializers.set(name, { type, shape, data: outside });
      continue;
    }
    const bytes = await readPart(files.get(placed.path) ?? placed.path, begin, end);
    if (type) initializers.set(name, { type, shape, data: bytes });
    else initializers.set(name, { type: 'float32', shape, data: widened(name, { dtype, shape }, bytes) });
  }
  return initializers;
};

const widened = (
  name: string,
  { dtype, shape }: { readonly dtype: Dtype; readonly shape: readonly number[] },
  { buffer, byteLength }: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> => {
  const View: ArrayKind = DTYPES[dtype].array;
  const data = new View(buffer, 0, byteLength / View.BYTES_PER_ELEMENT);
  return new Uint8Array(toFloat32({ dtype, shape, data }, name).slice().buffer);
};
