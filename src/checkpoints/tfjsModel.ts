import { CheckpointError } from '../errors.ts';
import { isObject, notFiniteField, readConfigFile } from './configFile.ts';
import type { Dtype } from './dtypes.ts';
import { countNotFiniteBytes, type NotFinite, refuseNotFinite } from './finite.ts';
import type { Folder } from './folder.ts';
import { standInAt } from './standIns.ts';
import { bytesOf, readManifest, sizeOf, type WeightGroup, type WeightSpec } from './tfjsManifest.ts';

/** A `model.json` of TensorFlow.js with its weights, read and measured, but not yet a network. */
export type TfjsModelFiles = {
  readonly format: 'graph-model' | 'layers-model';
  /** `model.json` as it stands. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The nodes of the graph, or the configuration of the layers. */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly weightSpecs: readonly WeightSpec[];
  /** The weights' bytes as stored, one after another. */
  readonly weightData: Uint8Array<ArrayBuffer>;
  /** Number of floating point values. */
  readonly parameterCount: number;
  /** The bytes of `model.json`. */
  readonly bytes: Uint8Array;
};

/**
 * Reads a `model.json` and the weight files that it lists.
 *
 * @param path of the file in the folder; weight files lie beside it or below.
 * @throws CheckpointError `no-such-file`; `bad-config` for a file that is not JSON; `unsupported-config` for another
 *   format; `bad-weights-manifest`, `unsupported-weights`; `missing-weights` and `bad-weights-length`, which name the
 *   files; `not-finite-weights`, which names the weight; `lfs-pointer`, `html-instead-of-weights`.
 */
export const openTfjsFiles = async (folder: Folder, path: string): Promise<TfjsModelFiles> => {
  const { bytes, fields } = await readModelJson(folder, path);
  const { modelTopology: topology, weightsManifest } = fields;
  const format = formatOf(fields);
  if (!isObject(topology) || format === undefined) {
    const rule = `${folder.name}/${path} is not a model of TensorFlow.js with its topology as JSON`;
    throw new CheckpointError('unsupported-config', `${rule}; supported: graph-model, layers-model`);
  }
  const field = notFiniteField(topology);
  if (field !== undefined) {
    const rule = `${folder.name}/${path} says ${field}, which is not a finite number`;
    throw new CheckpointError('bad-config', `${rule}; convert the model again`);
  }
  const groups = readManifest(weightsManifest ?? []);
  const home = path.slice(0, path.lastIndexOf('/') + 1);
  await refuseMissing(folder, home, groups);
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  return {
    format,
    json: fields,
    topology,
    weightSpecs,
    weightData: await readGroups(folder, home, groups),
    parameterCount: weightSpecs.reduce((sum, spec) => sum + (spec.dtype === 'float32' ? sizeOf(spec) : 0), 0),
    bytes,
  };
};

const readModelJson = async (folder: Folder, path: string): ReturnType<typeof readConfigFile> => {
  try {
    return await readConfigFile(folder, path);
  } catch (cause) {
    if (!(cause instanceof CheckpointError) || cause.code !== 'bad-config') throw cause;
    throw standInAt(await folder.read(path)) ?? cause;
  }
};

/** Old converters did not write the format. */
const formatOf = ({
  format,
  modelTopology,
}: Readonly<Record<string, unknown>>): TfjsModelFiles['format'] | undefined => {
  if (!isObject(modelTopology)) return undefined;
  const guess = Array.isArray(modelTopology['node']) ? 'graph-model' : 'layers-model';
  return format === undefined || format === null || format === guess ? guess : undefined;
};

const refuseMissing = async (folder: Folder, home: string, groups: readonly WeightGroup[]): Promise<void> => {
  const paths = groups.flatMap((group) => group.paths);
  const missing: string[] = [];
  for (const path of paths) if (!(await folder.exists(home + path))) missing.push(path);
  if (missing.length === 0) return;
  const some = missing.length > 5 ? `${missing.slice(0, 5).join(', ')} and others` : missing.join(', ');
  const rule = `${folder.name} lacks ${missing.length} of ${paths.length} weight files: ${some}`;
  throw new CheckpointError('missing-weights', `${rule}; fetch them again`);
};

const readGroups = async (
  folder: Folder,
  home: string,
  groups: readonly WeightGroup[],
): Promise<Uint8Array<ArrayBuffer>> => {
  const data = new Uint8Array(groups.reduce((sum, { bytes }) => sum + bytes, 0));
  let offset = 0;
  for (const group of groups) {
    const files: Uint8Array[] = [];
    for (const path of group.paths) files.push(await folder.read(home + path));
    checkLengths(group, files);
    const start = offset;
    for (const file of files) {
      data.set(file, offset);
      offset += file.byteLength;
    }
    refuseNotFinite(notFiniteIn(group, data.subarray(start, offset)), `${folder.name}/${someOf(group.paths)}`);
  }
  return data;
};

/** A single number may be infinite, since that is how a bound is written that does not bind. */
const notFiniteIn = ({ weights }: WeightGroup, data: Uint8Array): readonly NotFinite[] => {
  let offset = 0;
  return weights.flatMap((spec) => {
    const bytes = data.subarray(offset, offset + bytesOf(spec));
    offset += bytes.byteLength;
    const dtype = floatOf(spec);
    const count = dtype === undefined || spec.shape.length === 0 ? 0 : countNotFiniteBytes(dtype, bytes);
    return count > 0 ? [{ name: spec.name, count, size: sizeOf(spec) }] : [];
  });
};

/** How the values of a weight are stored, if as floats: steps of integers are finite. */
const floatOf = ({ dtype, quantization }: WeightSpec): Dtype | undefined => {
  if (quantization !== undefined) return quantization.dtype === 'float16' ? 'F16' : undefined;
  return { float32: 'F32', complex64: 'C64', int32: undefined, bool: undefined }[dtype] as Dtype | undefined;
};

const someOf = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')}, …` : paths.join(', ');

const checkLengths = ({ paths, bytes }: WeightGroup, files: readonly Uint8Array[]): void => {
  const total = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (total === bytes) return;
  files.forEach((file, n) => {
    const standIn = standInAt(file);
    if (standIn !== undefined) throw new CheckpointError(standIn.code, `${paths[n]}: ${standIn.message}`);
  });
  const rule = `the weights take ${bytes} bytes, but ${paths.join(', ').slice(0, 200)} hold ${total}`;
  throw new CheckpointError('bad-weights-length', `${rule}${suspect(paths, files)}; fetch the files again`);
};

/** Converters cut weights into files of one size, but for the last. */
const suspect = (paths: readonly string[], files: readonly Uint8Array[]): string => {
  const largest = Math.max(...files.map(({ byteLength }) => byteLength));
  const odd = files.findIndex(({ byteLength }, n) => byteLength !== largest && n < files.length - 1);
  return odd < 0 ? '' : ` (${paths[odd]} has ${files[odd]?.byteLength} bytes, the largest ${largest})`;
};
