import { fromBinary } from '@bufbuild/protobuf';
import {
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataType as Type,
  type ValueInfoProto,
} from 'onnx-buf';
import { describedScheduler } from '../../checkpoints/describedScheduler.ts';
import { digestOfNames, sha256 } from '../../checkpoints/digest.ts';
import { type ModelDescription, readDescription } from '../../checkpoints/sidecar.ts';
import { CheckpointError } from '../../errors.ts';
import { foreignFacts } from '../../models/foreignFacts.ts';
import type { ModelFacts } from '../../models/model.ts';
import { type Binding, bindPorts, type Port, type Ports } from '../../networks/binding.ts';
import type { DiskFolder } from '../folder.ts';
import type { GraphNames } from '../sessions/graphFacts.ts';
import { hashFile } from './weightsOnDisk.ts';

/** An ONNX file that somebody else wrote: what is known of its model, and what its inputs and output are called. */
export type ForeignOnnx = { readonly facts: ModelFacts; readonly inputs: GraphNames };

/**
 * Reads an ONNX file for what it says, together with what is said of it.
 *
 * @param given what the caller says.
 * @throws ArgumentError `bad-description`.
 * @throws CheckpointError `missing-description`, `bad-sidecar`, `bad-onnx`, `bad-inputs`, `bad-output`, `bad-image-shape`.
 */
export const readForeignOnnx = async (
  folder: DiskFolder,
  path: string,
  given: ModelDescription,
): Promise<ForeignOnnx> => {
  const name = folder.locate(path);
  const description = await readDescription(folder, path, given);
  const scheduler = describedScheduler(description, name);
  const bytes = await folder.read(path);
  const { graph } = decode(bytes, name);
  if (graph === undefined) throw new CheckpointError('bad-onnx', `${name} holds no graph; export it again`);
  const binding = bindPorts(portsOf(graph), description, name);
  const beside = [...new Set(graph.initializer.flatMap(locationOf))].map((location) =>
    hashFile(folder.locate(location)),
  );
  const understood = await sha256(new TextEncoder().encode(JSON.stringify([scheduler, binding])));
  const digest = await digestOfNames([await sha256(bytes), ...(await Promise.all(beside)), understood]);
  const parameterCount = graph.initializer.filter(isFloat).reduce((sum, { dims }) => sum + product(dims), 0);
  const facts = foreignFacts(description, { binding, scheduler, digest, parameterCount });
  return { facts, inputs: graphNames(binding) };
};

const decode = (bytes: Uint8Array, name: string): ModelProto => {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-onnx', `${name} is no ONNX file: ${reason}; export or fetch it again`, { cause });
  }
};

type Graph = NonNullable<ModelProto['graph']>;

/** What the graph takes and gives; old files name their constants among the inputs. */
const portsOf = ({ input, output, initializer }: Graph): Ports => {
  const constants = new Set(initializer.map(({ name }) => name));
  return { inputs: input.filter(({ name }) => !constants.has(name)).map(portOf), outputs: output.map(portOf) };
};

const INTEGERS: readonly number[] = [Type.INT64, Type.INT32];

const portOf = ({ name, type }: ValueInfoProto): Port => {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const shape = tensor?.shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined));
  return { name, shape, isInteger: INTEGERS.includes(tensor?.elemType ?? Type.FLOAT) };
};

const graphNames = ({ image, time, label, output, layout }: Binding): GraphNames => ({
  x: image.name,
  timesteps: time.name,
  ...(label ? { labels: label.name } : {}),
  output: output.name,
  layout: layout === 'NHWC' ? 'nhwc' : 'nchw',
});

const FLOATS: readonly number[] = [Type.FLOAT, Type.FLOAT16, Type.BFLOAT16, Type.DOUBLE];

const isFloat = ({ dataType }: TensorProto): boolean => FLOATS.includes(dataType);

const product = (dims: readonly bigint[]): number => dims.reduce((size, length) => size * Number(length), 1);

const locationOf = ({ externalData }: TensorProto): readonly string[] =>
  externalData.flatMap(({ key, value }) => (key === 'location' ? [value] : []));
