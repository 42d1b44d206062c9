import type { SchedulerConfig } from '../checkpoints/schedulerConfig.ts';
import type { Sidecar } from '../checkpoints/sidecar.ts';
import { CheckpointError } from '../errors.ts';
import type { UNet2DConfig } from '../networks/unet2dConfig.ts';
import type { ImageShape } from '../tensors/noise.ts';
import { warnOnce } from '../warn.ts';
import type { LabelSpace, ModelFacts } from './model.ts';

/** What a checkpoint of a `UNet2DModel` says of itself, whichever engine runs it. */
export type UNet2DFacts = {
  /** For messages. */
  readonly name: string;
  readonly config: UNet2DConfig;
  readonly scheduler: SchedulerConfig;
  readonly isSchedulerAssumed: boolean;
  readonly sidecar: Sidecar;
  readonly digest: string;
  readonly parameterCount: number;
};

/**
 * The facts of a model, from its checkpoint. Says aloud, once, when the schedule is a guess.
 *
 * @throws CheckpointError `bad-config` without a sample size, `bad-sidecar` for a null label that is none.
 */
export const unet2dFacts = ({
  name,
  config,
  scheduler,
  sidecar,
  digest,
  parameterCount,
  ...rest
}: UNet2DFacts): ModelFacts => {
  if (rest.isSchedulerAssumed) warnOnce(`${name} has no scheduler config; assuming DDPM's default schedule`);
  const labels = labelSpace(config, sidecar);
  return {
    imageShape: imageShapeOf(config, name),
    outChannels: config.outChannels,
    scheduler,
    ...(labels ? { labels } : {}),
    digest,
    parameterCount,
  };
};

const imageShapeOf = ({ sampleSize, inChannels }: UNet2DConfig, name: string): ImageShape => {
  if (sampleSize) return [...sampleSize, inChannels];
  const rule = `the config of ${name} does not say sample_size`;
  throw new CheckpointError('bad-config', `${rule}; add it, for example "sample_size": 32 or [32, 48]`);
};

const labelSpace = ({ classEmbedding }: UNet2DConfig, { nullLabel, classes }: Sidecar): LabelSpace | undefined => {
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
