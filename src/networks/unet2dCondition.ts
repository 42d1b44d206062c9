import type { Architecture } from './architecture.ts';
import { unet } from './unet.ts';
import type { UNet2DConditionConfig } from './unet2dConditionConfig.ts';

/**
 * The `UNet2DConditionModel` of diffusers, the denoiser of Stable Diffusion: `x`, `timesteps` and `embeddings`, the rows
 * of a prompt, give `output`. Some ask for `labels`, and those distilled from guidance for `guidance`, its strength;
 * one without transformers takes no `embeddings`. Height and width may be any.
 *
 * @throws CheckpointError `bad-config`, when built, where norm groups or attention heads do not fit the channels. What
 * was built throws ArgumentError `missing-embeddings`, `unexpected-embeddings`, and so for `labels` and `guidance`.
 * @see Rombach et al. 2022, arXiv:2112.10752.
 */
export const unet2dCondition = (config: UNet2DConditionConfig): Architecture =>
  unet(config, {
    multiple: 1, // the way up takes the sizes of the way down
    kernels: config.kernels,
    outerActivation: config.activation,
    guidanceSize: config.guidanceSize,
  });
