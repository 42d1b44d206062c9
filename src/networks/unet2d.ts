import { ArgumentError } from '../errors.ts';
import { type Architecture, namedValue, type Values } from './architecture.ts';
import { downBlock, middleBlock, upBlock } from './blocks.ts';
import { conditionEmbedding } from './embeddings.ts';
import type { NetOps, Parameters } from './ops.ts';
import type { Conditioned } from './resnet.ts';
import { conv, groupNorm, type Layer, type Scope, within } from './scope.ts';
import { sizeMultiple, type UNet2DConfig } from './unet2dConfig.ts';

/**
 * The `UNet2DModel` of diffusers: `x`, `timesteps` and, for a class conditional one, `labels` give `output`.
 *
 * @throws CheckpointError `bad-config`, when built, where norm groups or attention heads do not fit the channels. What
 * was built throws ArgumentError `missing-labels`, `unexpected-labels`.
 * @see Ho et al. 2020, arXiv:2006.11239, appendix B.
 */
export const unet2d = (config: UNet2DConfig): Architecture => ({
  inputs: {
    x: { kind: 'map', channels: config.inChannels, multiple: sizeMultiple(config) },
    timesteps: { kind: 'number' },
    ...(config.classEmbedding ? { labels: { kind: 'index' } } : {}),
  },
  outputs: ['output'],
  build: <T>(ops: NetOps<T>, parameters: Parameters<T>) => {
    const scope: Scope<T> = { ops, take: parameters };
    const finest = config.down[0]?.channels ?? 0;
    const embed = conditionEmbedding(scope, config);
    const start = conv(scope, 'conv_in', { from: config.inChannels, to: finest, size: 3 });
    const wayThrough = hourglass(scope, config);
    const finish = head(scope, finest, config);
    return (inputs: Values<T>): Values<T> => {
      const { labels } = inputs;
      refuseLabels(config, labels !== undefined);
      const embedded = embed(namedValue(inputs, 'timesteps'), labels);
      const embedding = ops.activate(embedded, config.activation); // every block would do it anew
      const x = namedValue(inputs, 'x');
      const centered = config.centerInput ? ops.affine(x, 2, -1) : x;
      return { output: finish(wayThrough(start(centered), embedding)) };
    };
  },
});

const refuseLabels = ({ classEmbedding }: UNet2DConfig, given: boolean): void => {
  if (classEmbedding !== null && !given) {
    throw new ArgumentError('missing-labels', 'this network is class conditional; give one label for each image');
  }
  if (classEmbedding === null && given) {
    throw new ArgumentError('unexpected-labels', 'this network takes no labels; leave them out');
  }
};

/** Down to the coarsest resolution and up again; each layer on the way up also sees a state of the way down. */
const hourglass = <T>(scope: Scope<T>, config: UNet2DConfig): Conditioned<T> => {
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
    const skips = skipped.splice(-config.layersPerBlock - 1).toReversed();
    const block = upBlock(within(scope, `up_blocks.${i}`), { from: [from, ...skips], stage }, config);
    from = stage.channels;
    return block;
  });
  return (x, embedding) => {
    const states = [x];
    for (const layer of down) states.push(layer(states.at(-1) as T, embedding));
    const coarsest = states.at(-1) as T;
    return up.reduce(
      (y, { layers, resample }) => {
        const join = (h: T, layer: Conditioned<T>): T =>
          part(() => layer(concatChannels(h, states.pop() as T), embedding));
        return part(() => {
          const z = layers.reduce(join, y);
          return resample ? resample(z, embedding) : z;
        });
      },
      middle ? middle(coarsest, embedding) : coarsest,
    );
  };
};

const head = <T>(scope: Scope<T>, channels: number, config: UNet2DConfig): Layer<T> => {
  const norm = groupNorm(scope, 'conv_norm_out', { channels, groups: config.normGroups, epsilon: config.normEpsilon });
  const last = conv(scope, 'conv_out', { from: channels, to: config.outChannels, size: 3 });
  return (x) => last(scope.ops.activate(norm(x), 'silu')); // whatever the config's activation is
};
