import { readFile, stat } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { type AttributeProto, type GraphProto, type ModelProto, ModelProtoSchema, type TensorProto } from 'onnx-buf';
import { CheckpointError } from '../../errors.ts';

/** An ONNX file in memory, understood. */
export type OnnxFile = { readonly bytes: Uint8Array; readonly model: ModelProto; readonly graph: GraphProto };

/**
 * Reads an ONNX file; weights beside it are left where they are.
 *
 * @throws CheckpointError `no-such-model`, `unreadable-file`, `bad-onnx`.
 */
export const readOnnx = async (path: string): Promise<OnnxFile> => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new CheckpointError('no-such-model', `there is no model ${path}; check the path`);
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new CheckpointError('unreadable-file', `cannot read ${path}: ${cause.message}`, { cause });
  });
  const model = decode(bytes, path);
  if (model.graph !== undefined) return { bytes, model, graph: model.graph };
  throw new CheckpointError('bad-onnx', `${path} holds no graph; export it again`);
};

const decode = (bytes: Uint8Array, name: string): ModelProto => {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-onnx', `${name} is no whole ONNX file: ${reason}; export or fetch it again`, {
      cause,
    });
  }
};

/** The constants of a graph and of the graphs within it, wherever they stand. */
export const constantsOf = ({ initializer, sparseInitializer, node }: GraphProto): readonly TensorProto[] => [
  ...initializer,
  ...sparseInitializer.flatMap(({ values }) => (values ? [values] : [])),
  ...node.flatMap(({ name, output, attribute }) =>
    attribute.flatMap((own) => constantsIn(own).map((tensor) => named(tensor, name || (output[0] ?? '')))),
  ),
];

const constantsIn = ({ t, tensors, sparseTensor, g, graphs }: AttributeProto): readonly TensorProto[] => [
  ...(t ? [t] : []),
  ...tensors,
  ...(sparseTensor?.values ? [sparseTensor.values] : []),
  ...[...(g ? [g] : []), ...graphs].flatMap(constantsOf),
];

/** A constant of a node need not have a name; then it goes by that of the node. */
const named = (tensor: TensorProto, name: string): TensorProto => (tensor.name ? tensor : { ...tensor, name });
