import { type GraphProto, type TensorProto, TensorProto_DataType as Type, type ValueInfoProto } from 'onnx-buf';
import { describedScheduler } from '../../checkpoints/describedScheduler.ts';
import { digestOfNames, sha256 } from '../../checkpoints/digest.ts';
import { type ModelDescription, readDescription } from '../../checkpoints/sidecar.ts';
import { foreignFacts } from '../../models/foreignFacts.ts';
import type { ModelFacts } from '../../models/model.ts';
import { type Binding, bindPorts, type Port, type Ports } from '../../networks/binding.ts';
import type { DiskFolder } from '../folder.ts';
import type { GraphNames } from '../sessions/graphFacts.ts';
import type { OnnxFile } from './onnxProto.ts';
import { hashFile } from './weightsOnDisk.ts';

/** An ONNX file that somebody else wrote: what is known of its model, and what its inputs and its output are called. */
export type ForeignOnnx = { readonly facts: ModelFacts; readonly inputs: GraphNames };

/** The file, where it lies in its folder, and the files with weights beside it. */
export type ForeignFile = OnnxFile & {
  readonly folder: DiskFolder;
  readonly path: string;
  readonly beside: readonly string[];
};

/**
 * What an ONNX file says of itself, together with what is said of it.
 *
 * @param given what the caller says.
 * @throws ArgumentError `bad-description`.
 * @throws CheckpointError `missing-description`, `bad-sidecar`, `bad-inputs`, `bad-output`, `bad-layout`,
 *   `bad-image-shape`.
 */
export const describeForeignOnnx = async (
  { bytes, graph, folder, path, beside }: ForeignFile,
  given: ModelDescription,
): Promise<ForeignOnnx> => {
  const name = folder.locate(path);
  const description = await readDescription(folder, path, given);
  const scheduler = describedScheduler(description, name);
  const binding = bindPorts(portsOf(graph), description, name);
  const hashes: string[] = [];
  for (const file of beside) hashes.push(await hashFile(file));
  const understood = await sha256(new TextEncoder().encode(JSON.stringify([scheduler, binding])));
  const digest = await digestOfNames([await sha256(bytes), ...hashes, understood]);
  const parameterCount = graph.initializer.filter(isFloat).reduce((sum, { dims }) => sum + product(dims), 0);
  const facts = foreignFacts(description, { binding, scheduler, digest, parameterCount });
  return { facts, inputs: graphNames(binding) };
};

/** What the graph takes and gives; old files name their constants among the inputs. */
export const portsOf = ({ input, output, initializer }: GraphProto): Ports => {
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
  outputs: [output.name],
  layout: layout === 'NHWC' ? 'nhwc' : 'nchw',
});

const FLOATS: readonly number[] = [Type.FLOAT, Type.FLOAT16, Type.BFLOAT16, Type.DOUBLE];

const isFloat = ({ dataType }: TensorProto): boolean => FLOATS.includes(dataType);

const product = (dims: readonly bigint[]): number => dims.reduce((size, length) => size * Number(length), 1);
