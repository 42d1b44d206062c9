import * as fields from './configFields.ts';
import { badConfig, type Json } from './configFields.ts';
import type { Depth, StageLists } from './unet2dConditionLists.ts';
import type { Attention, Middle, Stage, Transformer } from './unetConfig.ts';
import * as parts from './unetConfigParts.ts';

type Common = {
  /** From the finest stage to the coarsest. */
  readonly channels: readonly number[];
  readonly lists: StageLists;
  readonly normGroups: number;
};

/** The stages of one way. */
export const stages = (json: Json, way: 'down' | 'up', { channels, lists, normGroups }: Common): readonly Stage[] => {
  const isDown = way === 'down';
  const name = isDown ? 'Down' : 'Up';
  const [plain, attended, crossing] = [`${name}Block2D`, `Attn${name}Block2D`, `CrossAttn${name}Block2D`];
  const place = (i: number): number => (isDown ? i : channels.length - 1 - i);
  const stage = (i: number, attention: (layer: number, layers: number) => Attention | null) => {
    const count = (lists.layers[place(i)] ?? 0) + (isDown ? 0 : 1);
    return { layers: Array.from({ length: count }, (_, layer) => attention(layer, count)), resample: 'conv' as const };
  };
  const depths = isDown ? lists.downDepths : lists.upDepths;
  const fallback = [crossing, crossing, crossing, plain];
  return parts.stages(json, `${way}_block_types`, {
    channels: isDown ? channels : channels.toReversed(),
    fallback: isDown ? fallback : fallback.toReversed(),
    kinds: {
      [plain]: (i) => stage(i, () => null),
      [attended]: (i) => {
        const headDim = lists.heads[i] ?? null; // diffusers does not turn this list round on the way up
        return stage(i, () => ({ kind: 'self', headDim, groups: normGroups }));
      },
      [crossing]: (i) => {
        const own = transformer(json, lists, place(i));
        const onlyCross = lists.onlyCross[place(i)] ?? false;
        return stage(i, (layer, count) => ({ ...own, onlyCross, depth: depthAt(depths[i] ?? 0, layer, count) }));
      },
    },
  });
};

/** The depth of one transformer of a stage. */
const depthAt = (depth: Depth, layer: number, layers: number): number => {
  if (typeof depth === 'number') return depth;
  if (depth.length === layers) return depth[layer] ?? 0;
  throw badConfig('transformer_layers_per_block', depth, `a list of ${layers}, the layers of the stage, on that way`);
};

type Own = Omit<Transformer, 'depth' | 'onlyCross'>;

const transformer = (json: Json, { heads, contextSize }: StageLists, place: number): Own => ({
  kind: 'transformer',
  heads: heads[place] ?? 0,
  contextSize,
  linearProjection: fields.flagField(json, 'use_linear_projection', false),
});

/** Without `UNetMidBlock2DCrossAttn` it is one residual block, other than in a `UNet2DModel`. */
export const middle = (json: Json, { channels, lists }: Common): Middle | null => {
  if (fields.field(json, 'mid_block_type', undefined) === null) return null;
  const coarsest = channels.length - 1;
  const depth = lists.downDepths[coarsest] ?? 0;
  const own = () => ({
    ...transformer(json, lists, coarsest),
    depth: typeof depth === 'number' ? depth : (depth[0] ?? 0),
    onlyCross: false, // whatever only_cross_attention says
  });
  const kinds = { UNetMidBlock2DCrossAttn: () => [own()], UNetMidBlock2D: () => [] };
  const layers = fields.choiceField<() => Transformer[]>(json, 'mid_block_type', kinds, 'UNetMidBlock2DCrossAttn');
  return { layers: layers(), scaleFactor: parts.middleScaleFactor(json) };
};
