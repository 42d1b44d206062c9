import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { Sidecar } from '../checkpoints/sidecar.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';
import type { UNetConfig } from '../networks/unetConfig.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { warnOnce } from '../warn.ts';
import type { ImageSize } from './loadOptions.ts';
import type { LabelSpace, ModelFacts } from './model.ts';
import type { Networks } from './networks.ts';

/** What a checkpoint says of itself, whichever engine runs it. */
export type CheckpointFacts = {
  /** For messages. */
  readonly name: string;
  readonly networks: Networks;
  readonly scheduler: SchedulerConfig;
  readonly isSchedulerAssumed: boolean;
  readonly sidecar: Sidecar;
  readonly digest: string;
  readonly parameterCount: number;
  /** Of images, where the caller wants another than the checkpoint was made for. */
  readonly imageSize?: ImageSize | undefined;
  /** Layers of the text encoder that the caller leaves out. @defaultValue 0 */
  readonly clipSkip?: number | undefined;
};

/**
 * The facts of a model, from its checkpoint. Says aloud, once, when the schedule is a guess, and when its training ended
 * too early to call it a model.
 *
 * @throws CheckpointError `bad-config` without a sample size, `bad-sidecar` for a null label that is none. ArgumentError
 * `bad-image-size`.
 */
export const factsOf = (checkpoint: CheckpointFacts): ModelFacts => {
  const { name, networks, scheduler, sidecar, digest, parameterCount, isSchedulerAssumed } = checkpoint;
  if (isSchedulerAssumed) warnOnce(`${name} has no scheduler config; assuming DDPM's default schedule`);
  if (sidecar.unfinished !== undefined) warnOnce(`${name} is not yet a model: ${sidecar.unfinished}`);
  const { config, architecture } = networks.denoiser;
  const labels = labelSpace(config, sidecar);
  const shapes = shapesOf(checkpoint);
  return {
    ...shapes,
    outChannels: config.outChannels,
    scheduler,
    ...(labels ? { labels } : {}),
    ...('guidance' in architecture.inputs ? { takesGuidance: true } : {}),
    digest: digest + unusual(checkpoint),
    parameterCount,
  };
};

/** What a model is opened as is known by the weights, unless the caller wants it otherwise: that is another model. */
const unusual = ({ imageSize, clipSkip = 0, networks }: CheckpointFacts): string => {
  const factor = networks.autoencoder?.factor ?? 1;
  const usual = networks.denoiser.config.sampleSize?.map((size) => size * factor);
  const isUsual = imageSize === undefined || String(usual) === String(imageSize);
  return (isUsual ? '' : `@${imageSize.join('x')}`) + (clipSkip === 0 ? '' : `-${clipSkip}`);
};

/** Of images, and of what walks. @throws CheckpointError `bad-config`. ArgumentError `bad-image-size` */
export const shapesOf = ({
  name,
  networks,
  imageSize,
}: Pick<CheckpointFacts, 'name' | 'networks' | 'imageSize'>): Pick<ModelFacts, 'imageShape' | 'latentShape'> => {
  const { config, architecture } = networks.denoiser;
  const { factor = 1, imageChannels = config.inChannels } = networks.autoencoder ?? {};
  const sizes = walkSize(config.sampleSize, name, { imageSize, factor });
  const multiple = architecture.inputs['x']?.kind === 'map' ? architecture.inputs['x'].multiple : 1;
  if (sizes.some((size) => size % multiple !== 0)) {
    const rule = `height and width must be divisible by ${factor * multiple}, as its networks halve them`;
    throw new ArgumentError('bad-image-size', `${rule}; got ${sizes.map((size) => size * factor).join(' x ')}`);
  }
  const [height, width] = sizes;
  const imageShape: ImageShape = [height * factor, width * factor, imageChannels];
  return { imageShape, ...(networks.autoencoder ? { latentShape: [height, width, config.inChannels] } : {}) };
};

type Sizing = { readonly imageSize: ImageSize | undefined; readonly factor: number };

/** Height and width where the walk is. */
const walkSize = (sampleSize: ImageSize | null, name: string, { imageSize, factor }: Sizing): ImageSize => {
  if (imageSize !== undefined) {
    if (imageSize.every((size) => size % factor === 0)) return [imageSize[0] / factor, imageSize[1] / factor];
    const rule = `imageSize must be divisible by ${factor}, the pixels along a side of one latent of ${name}`;
    throw new ArgumentError('bad-image-size', `${rule}; got ${imageSize.join(' x ')}`);
  }
  if (sampleSize) return sampleSize;
  const rule = `the config of ${name} does not say sample_size`;
  throw new CheckpointError('bad-config', `${rule}; add it, for example "sample_size": 32 or [32, 48]`);
};

const labelSpace = ({ classEmbedding }: UNetConfig, { nullLabel, classes }: Sidecar): LabelSpace | undefined => {
  if (!classEmbedding) return undefined;
  const count = classEmbedding.kind === 'table' ? classEmbedding.rows : Number.POSITIVE_INFINITY;
  if (nullLabel !== undefined && nullLabel >= count) {
    throw new CheckpointError(
      'bad-sidecar',
      `nullLabel must be below the number of labels, ${count}; got ${nullLabel}`,
    );
  }
  return { count, ...(nullLabel === undefined ? {} : { nullLabel }), ...(classes === undefined ? {} : { classes }) };
};
