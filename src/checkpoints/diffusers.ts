import { CheckpointError } from '../errors.ts';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import { parseSchedule } from './describedScheduler.ts';
import { digestOf } from './digest.ts';
import { type Folder, firstExisting } from './folder.ts';
import {
  checkSame,
  type LatentOutline,
  latentConfigBytes,
  outlineLatent,
  outlinePart,
  type PartOutline,
} from './parts.ts';
import { type Pipeline, readPipeline } from './pipeline.ts';
import { parseSchedulerConfig, type SchedulerConfig } from './schedulerConfig.ts';
import { parseSidecar, SIDECAR, type Sidecar } from './sidecar.ts';
import type { TokenizerFiles } from './tokenizerFiles.ts';
import { naming, readWeights, refusePickles, type Weight, type WeightFile } from './weightFiles.ts';

/** A network of a checkpoint, read and proved. */
export type Part = Pick<PartOutline, 'config'> & { readonly weights: ReadonlyMap<string, Weight> };

/** A diffusers checkpoint, read and proved but not yet a network. */
export type DiffusersCheckpoint = Part & {
  /** Paths within the folder of the safetensors files that hold the network's weights. */
  readonly weightFiles: readonly string[];
  readonly scheduler: SchedulerConfig;
  /** Whether `scheduler` is DDPM's default, since nothing in the folder says otherwise: tell the user. */
  readonly isSchedulerAssumed: boolean;
  readonly sidecar: Sidecar;
  /** The other parts of a pipeline that walks in latents. */
  readonly latent?: { readonly autoencoder: Part; readonly text?: Part & { readonly tokenizer: TokenizerFiles } };
  /** Equal digests mean equal configs and weights: 16 hexadecimal digits. */
  readonly digest: string;
};

const CONFIGS = ['unet/config.json', 'config.json'];
const SCHEDULERS = ['scheduler/scheduler_config.json', 'scheduler_config.json'];
/** Where a network's own folder is that of a pipeline's part. */
const SCHEDULER_AROUND = '../scheduler/scheduler_config.json';
/** Fields of a sidecar for networks that are not diffusers'. */
const FOREIGN = ['prediction', 'inputs', 'output', 'layout', 'imageShape'] as const;

/** What is known of a checkpoint before its weights are read: enough to say what it is, and which files it needs. */
export type DiffusersOutline = Omit<DiffusersCheckpoint, 'weights' | 'weightFiles' | 'digest' | 'latent'> &
  Pick<PartOutline, 'weightFiles'> & {
    readonly latent?: LatentOutline;
    /** The bytes of the configs, in the order in which they count for the digest; absent ones are undefined. */
    readonly configBytes: readonly (Uint8Array | undefined)[];
  };

/**
 * Reads the configs of a pipeline's folder (`model_index.json`, `unet/`, `scheduler/`) or of a network's own
 * (`config.json` beside the weights), and finds the weights without reading them.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-pipeline`, `unsupported-config`, `bad-config`, `bad-sidecar`,
 *   `bad-weight-index`, `pickle-refused`, `no-tokenizer`, `bad-tokenizer`.
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
  const network = await outlinePart(folder, path.slice(0, -'config.json'.length));
  checkClass(network, pipeline, `${folder.name}/${path}`);
  const schedulerFile = await readIfPresent(folder, isNetwork ? [...SCHEDULERS, SCHEDULER_AROUND] : SCHEDULERS);
  checkSame(folder, 'scheduler', [schedulerFile?.fields['_class_name'], pipeline.classes['scheduler']]);
  const sidecarFile = await readIfPresent(folder, [SIDECAR]);
  const sidecar = naming(folder.name, () => parseSidecar(sidecarFile?.fields ?? {}));
  const latent = await outlineLatent(folder, pipeline);
  const others = latent ? latentConfigBytes(latent) : [];
  return {
    config: network.config,
    scheduler: chooseScheduler(schedulerFile, sidecar),
    isSchedulerAssumed: schedulerFile === undefined && sidecar.schedule === undefined,
    sidecar,
    weightFiles: network.weightFiles,
    ...(latent ? { latent } : {}),
    configBytes: [network.configBytes, schedulerFile?.bytes, sidecarFile?.bytes, ...others],
  };
};

/** Of all networks of a checkpoint, in the order in which they count for the digest. */
export const allWeightFiles = ({ weightFiles, latent }: DiffusersOutline): readonly WeightFile[] => [
  ...weightFiles,
  ...(latent?.autoencoder.weightFiles ?? []),
  ...(latent?.text?.weightFiles ?? []),
];

/**
 * Opens a diffusers checkpoint, weights and all.
 *
 * @throws CheckpointError with the codes of {@link outlineDiffusers}, and what damaged weights give: `bad-safetensors`,
 *   `lfs-pointer`, `html-instead-of-weights`, `bad-weight-dtype`.
 */
export const openDiffusers = async (folder: Folder): Promise<DiffusersCheckpoint> =>
  readDiffusers(folder, await outlineDiffusers(folder));

/** The weights of a checkpoint that was outlined before. @throws CheckpointError as {@link openDiffusers} */
export const readDiffusers = async (folder: Folder, outline: DiffusersOutline): Promise<DiffusersCheckpoint> => {
  const { configBytes, latent, ...known } = outline;
  const bytes = new Map<string, Uint8Array>();
  for (const { path } of allWeightFiles(outline)) bytes.set(path, await folder.read(path));
  const weightsOf = ({ weightFiles }: Pick<PartOutline, 'weightFiles'>): Map<string, Weight> =>
    readWeights(weightFiles.map((file) => ({ ...file, bytes: bytes.get(file.path) as Uint8Array })));
  const partOf = (part: PartOutline): Part => ({ config: part.config, weights: weightsOf(part) });
  const text = latent?.text && { ...partOf(latent.text), tokenizer: latent.text.tokenizer };
  return {
    ...known,
    weights: weightsOf(outline),
    weightFiles: outline.weightFiles.map((file) => file.path),
    ...(latent ? { latent: { autoencoder: partOf(latent.autoencoder), ...(text ? { text } : {}) } } : {}),
    digest: await digestOf([...configBytes, ...bytes.values()]),
  };
};

const readIfPresent = async (folder: Folder, paths: readonly string[]): Promise<ConfigFile | undefined> => {
  const path = await firstExisting(folder, paths);
  return path === undefined ? undefined : readConfigFile(folder, path);
};

const checkClass = ({ config }: PartOutline, { kind }: Pipeline, where: string): void => {
  const { _class_name: name } = config;
  const able = kind.parts['unet'] ?? [];
  if (able.some((one) => one === name)) return;
  const rule = `${where} says _class_name ${JSON.stringify(name)}, which is not supported`;
  throw new CheckpointError('unsupported-config', `${rule}; supported: ${able.join(', ')}`);
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
