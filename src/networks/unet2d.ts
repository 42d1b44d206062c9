import type { Architecture } from './architecture.ts';
import { unet } from './unet.ts';
import { sizeMultiple, type UNet2DConfig } from './unet2dConfig.ts';

/**
 * The `UNet2DModel` of diffusers: `x`, `timesteps` and, for a class conditional one, `labels` give `output`.
 *
 * @throws CheckpointError `bad-config`, when built, where norm groups or attention heads do not fit the channels. What
 * was built throws ArgumentError `missing-labels`, `unexpected-labels`.
 * @see Ho et al. 2020, arXiv:2006.11239, appendix B.
 */
export const unet2d = (config: UNet2DConfig): Architecture =>
  unet(config, {
    multiple: sizeMultiple(config),
    kernels: { first: 3, last: 3 },
    outerActivation: 'silu', // whatever the config's activation is
    guidanceSize: null,
  });
