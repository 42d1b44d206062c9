import { selfAttention } from './attention.ts';
import { type Conditioned, resnet } from './resnet.ts';
import { conv, type Scope, within } from './scope.ts';
import type { UNet2DConfig } from './unet2dConfig.ts';
import type { Middle, Stage } from './unet2dConfigParts.ts';

/** A stage on the way down: its layers, each of whose outputs the way up will want, and what leads to the next stage. */
export const downBlock = <T>(
  scope: Scope<T>,
  { from, stage }: { readonly from: number; readonly stage: Stage },
  config: UNet2DConfig,
): readonly Conditioned<T>[] => {
  const inputs = [from, ...new Array<number>(config.layersPerBlock - 1).fill(stage.channels)];
  const layers = inputs.map((channels, i) => layer(scope, { i, from: channels, stage }, config));
  if (stage.resample === null) return layers;
  return [...layers, downsampler(scope, { channels: stage.channels, resample: stage.resample }, config)];
};

/** A stage on the way up: layers that each want a state of the way down beside their input, and what follows them. */
export type UpBlock<T> = { readonly layers: readonly Conditioned<T>[]; readonly resample: Conditioned<T> | null };

/** @param from the channels of the input, then those of each skipped state in the order of their use. */
export const upBlock = <T>(
  scope: Scope<T>,
  { from, stage }: { readonly from: readonly number[]; readonly stage: Stage },
  config: UNet2DConfig,
): UpBlock<T> => {
  const [input = 0, ...skips] = from;
  const layers = skips.map((skip, i) =>
    layer(scope, { i, from: (i === 0 ? input : stage.channels) + skip, stage }, config),
  );
  if (stage.resample === null) return { layers, resample: null };
  return { layers, resample: upsampler(scope, { channels: stage.channels, resample: stage.resample }, config) };
};

/** The coarsest part: a residual block, attention where there is one, and another residual block. */
export const middleBlock = <T>(scope: Scope<T>, middle: Middle, config: UNet2DConfig): Conditioned<T> => {
  const channels = config.down.at(-1)?.channels ?? 0;
  const { scaleFactor, attentionGroups: groups } = middle;
  const residual = (i: number): Conditioned<T> =>
    resnet(within(scope, `resnets.${i}`), { from: channels, to: channels, scaleFactor }, config);
  const attend = middle.attention
    ? selfAttention(within(scope, 'attentions.0'), { channels, groups, scaleFactor }, config)
    : (x: T): T => x;
  const [first, second] = [residual(0), residual(1)];
  return (x, embedding) => scope.ops.part(() => second(attend(first(x, embedding)), embedding));
};

type LayerShape = { readonly i: number; readonly from: number; readonly stage: Stage };

const layer = <T>(scope: Scope<T>, { i, from, stage }: LayerShape, config: UNet2DConfig): Conditioned<T> => {
  const { channels } = stage;
  const residual = resnet(within(scope, `resnets.${i}`), { from, to: channels }, config);
  if (!stage.attention) return residual;
  const attend = selfAttention(within(scope, `attentions.${i}`), { channels, groups: config.normGroups }, config);
  return (x, embedding) => scope.ops.part(() => attend(residual(x, embedding)));
};

type Resampler = { readonly channels: number; readonly resample: 'conv' | 'resnet' };

const downsampler = <T>(scope: Scope<T>, { channels, resample }: Resampler, config: UNet2DConfig): Conditioned<T> => {
  const own = within(scope, 'downsamplers.0');
  const same = { from: channels, to: channels };
  if (resample === 'resnet') return resnet(own, { ...same, resample: 'down' }, config);
  const before = config.downsamplePadding;
  return conv(own, 'conv', { ...same, size: 3, stride: 2, padding: [before, 1, before, 1] });
};

const upsampler = <T>(scope: Scope<T>, { channels, resample }: Resampler, config: UNet2DConfig): Conditioned<T> => {
  const own = within(scope, 'upsamplers.0');
  const same = { from: channels, to: channels };
  if (resample === 'resnet') return resnet(own, { ...same, resample: 'up' }, config);
  const smooth = conv(own, 'conv', { ...same, size: 3 });
  return (x) => scope.ops.part(() => smooth(scope.ops.upsample2x(x)));
};
