import { type Architecture, type Input, namedValue, type Values } from './architecture.ts';
import { downBlock, middleBlock, type Part, upBlock } from './blocks.ts';
import { conditionEmbedding } from './embeddings.ts';
import type { Activation, NetOps, Parameters } from './ops.ts';
import { conv, groupNorm, type Layer, type Scope, within } from './scope.ts';
import type { UNetConfig } from './unetConfig.ts';
import { refuseInputs } from './unetInputs.ts';

/** In what the kinds of U-Nets differ. */
export type UNetTraits = {
  /** Height and width must be divisible by it. */
  readonly multiple: number;
  /** Sides of the first and the last convolution. */
  readonly kernels: { readonly first: number; readonly last: number };
  /** Between the layers of embeddings, and before the last convolution. */
  readonly outerActivation: Activation;
  /** How many sines and cosines the strength of guidance becomes; null where the network does not ask for it. */
  readonly guidanceSize: number | null;
};

/** A U-Net of residual blocks: `x`, `timesteps` and whatever else its config asks for give `output`. */
export const unet = (config: UNetConfig, traits: UNetTraits): Architecture => {
  const inputs = inputsOf(config, traits);
  return {
    inputs,
    outputs: ['output'],
    build: <T>(ops: NetOps<T>, parameters: Parameters<T>) => {
      const scope: Scope<T> = { ops, take: parameters };
      const finest = config.down[0]?.channels ?? 0;
      const { guidanceSize, outerActivation: activation, kernels } = traits;
      const embed = conditionEmbedding(scope, config, { activation, guidanceSize });
      const start = conv(scope, 'conv_in', { from: config.inChannels, to: finest, size: kernels.first });
      const wayThrough = hourglass(scope, config);
      const finish = head(scope, config, traits);
      return (values: Values<T>): Values<T> => {
        refuseInputs(inputs, values);
        const embedding = ops.activate(embed(values), config.activation); // every block would do it anew
        const x = namedValue(values, 'x');
        const centered = config.centerInput ? ops.affine(x, 2, -1) : x;
        return { output: finish(wayThrough(start(centered), { embedding, context: values['embeddings'] })) };
      };
    },
  };
};

const inputsOf = (config: UNetConfig, { multiple, guidanceSize }: UNetTraits): Readonly<Record<string, Input>> => {
  const rows = contextSize(config);
  return {
    x: { kind: 'map', channels: config.inChannels, multiple },
    timesteps: { kind: 'number' },
    ...(config.classEmbedding ? { labels: { kind: 'index' } } : {}),
    ...(rows === null ? {} : { embeddings: { kind: 'rows', channels: rows } }),
    ...(guidanceSize === null ? {} : { guidance: { kind: 'number' } }),
  };
};

/** Channels of the rows that transformers look at; null where there is none. */
const contextSize = ({ down, middle, up }: UNetConfig): number | null => {
  const attentions = [...down, ...up, ...(middle ? [middle] : [])].flatMap(({ layers }) => layers);
  const found = attentions.find((attention) => attention?.kind === 'transformer');
  return found?.kind === 'transformer' ? found.contextSize : null;
};

/** Down to the coarsest resolution and up again; each layer on the way up also sees a state of the way down. */
const hourglass = <T>(scope: Scope<T>, config: UNetConfig): Part<T> => {
  const { concatChannels, part } = scope.ops;
  const skipped = [config.down[0]?.channels ?? 0]; // channels of every state that is kept
  const down = config.down.flatMap((stage, i) => {
    const layers = downBlock(within(scope, `down_blocks.${i}`), { from: skipped.at(-1) ?? 0, stage }, config);
    skipped.push(...layers.map(() => stage.channels));
    return layers;
  });
  let from = skipped.at(-1) ?? 0;
  const middle = config.middle && middleBlock(within(scope, 'mid_block'), config.middle, config);
  const up = config.up.map((stage, i) => {
    const skips = skipped.splice(-stage.layers.length).toReversed();
    const block = upBlock(within(scope, `up_blocks.${i}`), { from: [from, ...skips], stage }, config);
    from = stage.channels;
    return block;
  });
  return (x, condition) => {
    const states = [x];
    for (const layer of down) states.push(layer(states.at(-1) as T, condition));
    const coarsest = states.at(-1) as T;
    return up.reduce(
      (y, { layers, resample }) => {
        const join = (h: T, layer: Part<T>): T => part(() => layer(concatChannels(h, states.pop() as T), condition));
        return part(() => {
          const z = layers.reduce(join, y);
          return resample ? resample(z, condition, states.at(-1) as T) : z;
        });
      },
      middle ? middle(coarsest, condition) : coarsest,
    );
  };
};

const head = <T>(scope: Scope<T>, config: UNetConfig, { kernels, outerActivation }: UNetTraits): Layer<T> => {
  const channels = config.down[0]?.channels ?? 0;
  const norm = groupNorm(scope, 'conv_norm_out', { channels, groups: config.normGroups, epsilon: config.normEpsilon });
  const last = conv(scope, 'conv_out', { from: channels, to: config.outChannels, size: kernels.last });
  return (x) => last(scope.ops.activate(norm(x), outerActivation));
};
