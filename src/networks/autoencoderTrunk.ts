import { attentionBlock, normedConv, residualBlock, type Step, sequence } from './autoencoderBlocks.ts';
import type { Level, Trunk } from './autoencoderConfig.ts';
import { conv, type Layer, type Scope, within } from './scope.ts';

/** Convolutions from an image, halving it between levels, to a map of the channels asked for. */
export const encoderTrunk = <T>(scope: Scope<T>, { from, to }: Step, trunk: Trunk): Layer<T> => {
  const [finest = 0, coarsest = 0] = [trunk.down[0]?.channels, trunk.down.at(-1)?.channels];
  const levels = trunk.down.flatMap((level, i) => {
    const own = within(scope, `down_blocks.${i}`);
    const layers = levelLayers(own, { from: trunk.down[Math.max(0, i - 1)]?.channels ?? 0, level }, trunk);
    if (i === trunk.down.length - 1) return layers;
    const shape = { from: level.channels, to: level.channels, size: 3, stride: 2, padding: [0, 1, 0, 1] } as const;
    return [...layers, conv(within(own, 'downsamplers.0'), 'conv', shape)];
  });
  return sequence(scope.ops, [
    conv(scope, 'conv_in', { from, to: finest, size: 3 }),
    ...levels,
    ...middle(within(scope, 'mid_block'), coarsest, trunk),
    lastLayer(scope, { from: coarsest, to }, trunk),
  ]);
};

/** Convolutions from a latent map, doubling it between levels, to an image. */
export const decoderTrunk = <T>(scope: Scope<T>, { from, to }: Step, trunk: Trunk): Layer<T> => {
  const [coarsest = 0, finest = 0] = [trunk.up[0]?.channels, trunk.up.at(-1)?.channels];
  const levels = trunk.up.flatMap((level, i) => {
    const own = within(scope, `up_blocks.${i}`);
    const shape = { from: trunk.up[Math.max(0, i - 1)]?.channels ?? 0, level };
    const layers = levelLayers(own, shape, { ...trunk, layersPerBlock: trunk.layersPerBlock + 1 });
    if (i === trunk.up.length - 1) return layers;
    const smooth = conv(within(own, 'upsamplers.0'), 'conv', { from: level.channels, to: level.channels, size: 3 });
    return [...layers, (x: T) => scope.ops.upsample2x(x), smooth];
  });
  return sequence(scope.ops, [
    conv(scope, 'conv_in', { from, to: coarsest, size: 3 }),
    ...middle(within(scope, 'mid_block'), coarsest, trunk),
    ...levels,
    lastLayer(scope, { from: finest, to }, trunk),
  ]);
};

const levelLayers = <T>(
  scope: Scope<T>,
  { from, level }: { readonly from: number; readonly level: Level },
  trunk: Trunk,
): readonly Layer<T>[] => {
  const { channels: to, attention } = level;
  return Array.from({ length: trunk.layersPerBlock }, (_, i) => [
    residualBlock(within(scope, `resnets.${i}`), { from: i === 0 ? from : to, to }, trunk),
    ...(attention ? [attentionBlock(within(scope, `attentions.${i}`), to, trunk)] : []),
  ]).flat();
};

/** The coarsest part: two residual blocks, and attention between them where there is one. */
const middle = <T>(scope: Scope<T>, channels: number, trunk: Trunk): readonly Layer<T>[] => {
  const residual = (i: number) => residualBlock(within(scope, `resnets.${i}`), { from: channels, to: channels }, trunk);
  const attention = trunk.middleAttention ? [attentionBlock(within(scope, 'attentions.0'), channels, trunk)] : [];
  return [residual(0), ...attention, residual(1)];
};

const lastLayer = <T>(scope: Scope<T>, step: Step, { normGroups }: Trunk): Layer<T> =>
  normedConv(scope, ['conv_norm_out', 'conv_out'], { ...step, normGroups, activation: 'silu' }); // whatever the config's is
