import { selfAttention } from './attention.ts';
import { resnet } from './resnet.ts';
import { conv, type Scope, within } from './scope.ts';
import { transformer } from './transformer.ts';
import type { Attention, Middle, Resampling, Stage, UNetConfig } from './unetConfig.ts';

/** What every part of a U-Net sees beside its feature map. */
export type Condition<T> = {
  /** `[N, embeddingSize]`, activated already. */
  readonly embedding: T;
  /** The rows that transformers look at; undefined in a network without them. */
  readonly context: T | undefined;
};

/** From one feature map to the next. */
export type Part<T> = (x: T, condition: Condition<T>) => T;

/** A stage on the way down: its layers, each of whose outputs the way up will want, and what leads to the next stage. */
export const downBlock = <T>(
  scope: Scope<T>,
  { from, stage }: { readonly from: number; readonly stage: Stage },
  config: UNetConfig,
): readonly Part<T>[] => {
  const { channels, resample } = stage;
  const layers = stage.layers.map((attention, i) =>
    layer(scope, { i, from: i === 0 ? from : channels, to: channels, attention }, config),
  );
  return resample === null ? layers : [...layers, downsampler(scope, { channels, resample }, config)];
};

/** A stage on the way up: layers that each want a state of the way down beside their input, and what follows them. */
export type UpBlock<T> = {
  readonly layers: readonly Part<T>[];
  /** To the size of another map. */
  readonly resample: ((x: T, condition: Condition<T>, like: T) => T) | null;
};

/** @param from the channels of the input, then those of each skipped state in the order of their use. */
export const upBlock = <T>(
  scope: Scope<T>,
  { from, stage }: { readonly from: readonly number[]; readonly stage: Stage },
  config: UNetConfig,
): UpBlock<T> => {
  const { channels, resample } = stage;
  const [input = 0, ...skips] = from;
  const layers = stage.layers.map((attention, i) =>
    layer(scope, { i, from: (i === 0 ? input : channels) + (skips[i] ?? 0), to: channels, attention }, config),
  );
  return { layers, resample: resample === null ? null : upsampler(scope, { channels, resample }, config) };
};

/** The coarsest part: residual blocks, with attention between them where there is some. */
export const middleBlock = <T>(scope: Scope<T>, { layers, scaleFactor }: Middle, config: UNetConfig): Part<T> => {
  const channels = config.down.at(-1)?.channels ?? 0;
  const residual = (i: number): Part<T> =>
    residualPart(scope, { i, from: channels, to: channels, scaleFactor }, config);
  const parts = [
    residual(0),
    ...layers.flatMap((attention, i) => {
      const attend = attention ? [attentionPart(scope, { i, channels, attention, scaleFactor }, config)] : [];
      return [...attend, residual(i + 1)];
    }),
  ];
  return (x, condition) => scope.ops.part(() => parts.reduce((y, part) => part(y, condition), x));
};

type LayerShape = {
  readonly i: number;
  readonly from: number;
  readonly to: number;
  readonly attention: Attention | null;
};

/** A residual block, and attention where there is some. */
const layer = <T>(scope: Scope<T>, { attention, ...shape }: LayerShape, config: UNetConfig): Part<T> => {
  const residual = residualPart(scope, shape, config);
  if (attention === null) return residual;
  const attend = attentionPart(scope, { i: shape.i, channels: shape.to, attention }, config);
  return (x, condition) => scope.ops.part(() => attend(residual(x, condition), condition));
};

type ResidualShape = { readonly i: number; readonly from: number; readonly to: number; readonly scaleFactor?: number };

const residualPart = <T>(scope: Scope<T>, { i, ...shape }: ResidualShape, config: UNetConfig): Part<T> => {
  const block = resnet(within(scope, `resnets.${i}`), shape, config);
  return (x, { embedding }) => block(x, embedding);
};

type AttentionPlace = {
  readonly i: number;
  readonly channels: number;
  readonly attention: Attention;
  readonly scaleFactor?: number;
};

const attentionPart = <T>(scope: Scope<T>, place: AttentionPlace, config: UNetConfig): Part<T> => {
  const { i, attention, ...shape } = place;
  const own = within(scope, `attentions.${i}`);
  if (attention.kind === 'self') return selfAttention(own, { ...shape, ...attention, epsilon: config.normEpsilon });
  const attend = transformer(own, { ...attention, channels: shape.channels, groups: config.normGroups });
  return (x, { context }) => attend(x, context as T); // whoever leaves it out is refused before anything is computed
};

type Resampler = { readonly channels: number; readonly resample: Resampling };

const downsampler = <T>(scope: Scope<T>, { channels, resample }: Resampler, config: UNetConfig): Part<T> => {
  const own = within(scope, 'downsamplers.0');
  const same = { from: channels, to: channels };
  if (resample === 'conv') {
    const before = config.downsamplePadding;
    return conv(own, 'conv', { ...same, size: 3, stride: 2, padding: [before, 1, before, 1] });
  }
  const halve = resnet(own, { ...same, resample: 'down' }, config);
  return (x, { embedding }) => halve(x, embedding);
};

const upsampler = <T>(
  scope: Scope<T>,
  { channels, resample }: Resampler,
  config: UNetConfig,
): UpBlock<T>['resample'] => {
  const own = within(scope, 'upsamplers.0');
  const same = { from: channels, to: channels };
  if (resample === 'conv') {
    const smooth = conv(own, 'conv', { ...same, size: 3 });
    return (x, _, like) => scope.ops.part(() => smooth(scope.ops.upsampleLike(x, like)));
  }
  const double = resnet(own, { ...same, resample: 'up' }, config);
  return (x, { embedding }) => double(x, embedding);
};
