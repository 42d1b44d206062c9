import { CheckpointError } from '../errors.ts';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import { parseSchedule } from './describedScheduler.ts';
import { digestOf } from './digest.ts';
import { type Folder, firstExisting } from './folder.ts';
import { type Pipeline, readPipeline } from './pipeline.ts';
import { parseSchedulerConfig, type SchedulerConfig } from './schedulerConfig.ts';
import { parseSidecar, SIDECAR, type Sidecar } from './sidecar.ts';
import { findWeightFiles, readWeights, refusePickles, type Weight, type WeightFile } from './weightFiles.ts';

/** A diffusers checkpoint, read and proved but not yet a network. */
export type DiffusersCheckpoint = {
  /** The network's `config.json` as it stands. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, Weight>;
  /** Paths within the folder of the safetensors files that hold the weights. */
  readonly weightFiles: readonly string[];
  readonly scheduler: SchedulerConfig;
  /** Whether `scheduler` is DDPM's default, since nothing in the folder says otherwise: tell the user. */
  readonly isSchedulerAssumed: boolean;
  readonly sidecar: Sidecar;
  /** Equal digests mean equal configs and weights: 16 hexadecimal digits. */
  readonly digest: string;
};

const CONFIGS = ['unet/config.json', 'config.json'];
const SCHEDULERS = ['scheduler/scheduler_config.json', 'scheduler_config.json'];
/** Where a network's own folder is that of a pipeline's part. */
const SCHEDULER_AROUND = '../scheduler/scheduler_config.json';
const NETWORK = 'UNet2DModel';
/** Fields of a sidecar for networks that are not diffusers'. */
const FOREIGN = ['prediction', 'inputs', 'output', 'layout', 'imageShape'] as const;

/** What is known of a checkpoint before its weights are read: enough to say what it is, and which files it needs. */
export type DiffusersOutline = Omit<DiffusersCheckpoint, 'weights' | 'weightFiles' | 'digest'> & {
  readonly weightFiles: readonly WeightFile[];
  /** The bytes of the configs, in the order in which they count for the digest; absent ones are undefined. */
  readonly configBytes: readonly (Uint8Array | undefined)[];
};

/**
 * Reads the configs of a pipeline's folder (`model_index.json`, `unet/`, `scheduler/`) or of a network's own
 * (`config.json` beside the weights), and finds the weights without reading them.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-pipeline`, `unsupported-config`, `bad-config`, `bad-sidecar`,
 *   `bad-weight-index`, `pickle-refused`.
 */
export const outlineDiffusers = async (folder: Folder): Promise<DiffusersOutline> => {
  const path = await firstExisting(folder, CONFIGS);
  const isNetwork = path === 'config.json';
  const pipeline = await readPipeline(folder, isNetwork);
  if (path === undefined) {
    await refusePickles(folder, '');
    const other = await firstExisting(folder, ['model.json', 'model.onnx']);
    const remedy = other === undefined ? `looked for: ${CONFIGS.join(', ')}` : `it holds ${other}: name that file`;
    throw new CheckpointError('no-such-model', `${folder.name} holds no model in diffusers' layout; ${remedy}`);
  }
  const config = await readConfigFile(folder, path);
  checkClass(config, `${folder.name}/${path}`);
  const schedulerFile = await readIfPresent(folder, isNetwork ? [...SCHEDULERS, SCHEDULER_AROUND] : SCHEDULERS);
  checkScheduler(pipeline, schedulerFile, folder.name);
  const sidecarFile = await readIfPresent(folder, [SIDECAR]);
  const sidecar = parseSidecar(sidecarFile?.fields ?? {});
  return {
    config: config.fields,
    scheduler: chooseScheduler(schedulerFile, sidecar),
    isSchedulerAssumed: schedulerFile === undefined && sidecar.schedule === undefined,
    sidecar,
    weightFiles: await findWeightFiles(folder, path.slice(0, -'config.json'.length)),
    configBytes: [config.bytes, schedulerFile?.bytes, sidecarFile?.bytes],
  };
};

/**
 * Opens a diffusers checkpoint, weights and all.
 *
 * @throws CheckpointError with the codes of {@link outlineDiffusers}, and what damaged weights give: `bad-safetensors`,
 *   `lfs-pointer`, `html-instead-of-weights`, `bad-weight-dtype`.
 */
export const openDiffusers = async (folder: Folder): Promise<DiffusersCheckpoint> => {
  const { configBytes, weightFiles, ...known } = await outlineDiffusers(folder);
  const files: (WeightFile & { bytes: Uint8Array })[] = [];
  for (const file of weightFiles) files.push({ ...file, bytes: await folder.read(file.path) });
  return {
    ...known,
    weights: readWeights(files),
    weightFiles: files.map((file) => file.path),
    digest: await digestOf([...configBytes, ...files.map((file) => file.bytes)]),
  };
};

const readIfPresent = async (folder: Folder, paths: readonly string[]): Promise<ConfigFile | undefined> => {
  const path = await firstExisting(folder, paths);
  return path === undefined ? undefined : readConfigFile(folder, path);
};

const checkClass = ({ fields }: ConfigFile, where: string): void => {
  const { _class_name: name } = fields;
  if (name === NETWORK) return;
  const message = `${where} says _class_name ${JSON.stringify(name)}, which is not supported; supported: ${NETWORK}`;
  throw new CheckpointError('unsupported-config', message);
};

/** Classes differ in their defaults, so it matters which of two is meant. */
const checkScheduler = ({ scheduler }: Pipeline, file: ConfigFile | undefined, name: string): void => {
  const own = file?.fields['_class_name'];
  if (scheduler === undefined || own === undefined || own === scheduler) return;
  const rule = `model_index.json of ${name} says ${scheduler}, but its scheduler_config.json ${own}`;
  throw new CheckpointError('bad-config', `${rule}; let both say the one that the model was trained with`);
};

const chooseScheduler = (file: ConfigFile | undefined, { schedule, ...others }: Sidecar): SchedulerConfig => {
  const foreign = FOREIGN.find((field) => others[field] !== undefined);
  if (foreign !== undefined) {
    throw new CheckpointError(
      'bad-sidecar',
      `${SIDECAR} says ${foreign}, which the configs of diffusers say; remove it`,
    );
  }
  if (file !== undefined && schedule !== undefined) {
    throw new CheckpointError('bad-sidecar', `${SIDECAR} has a schedule beside a scheduler_config.json; remove one`);
  }
  return file === undefined ? parseSchedule(schedule ?? {}) : parseSchedulerConfig(file.fields);
};
