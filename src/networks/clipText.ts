import { shown } from '../checks.ts';
import { ArgumentError, isCount } from '../errors.ts';
import { type Architecture, namedValue, type Values } from './architecture.ts';
import type { ClipTextConfig } from './clipTextConfig.ts';
import type { NetOps, Parameters } from './ops.ts';
import { type Layer, layerNorm, linear, type Scope, within } from './scope.ts';

export type ClipTextOptions = {
  /** Layers that `lastHiddenState` leaves out at the end, from 0 to all but one. @defaultValue 0 */
  readonly clipSkip?: number;
};

/**
 * The `CLIPTextModel` of transformers. `ids` `[N, L]`, at most `positions` of them, give `lastHiddenState`, after the
 * final norm, and `penultimateHiddenState`, what comes into the last layer, without a norm: both `[N, L, width]`. As
 * in the text encoders of Stable Diffusion, a token sees all before it, padding too.
 *
 * @throws ArgumentError `bad-clip-skip`.
 * @see Radford et al. 2021, arXiv:2103.00020, section 2.4.
 */
export const clipText = (config: ClipTextConfig, { clipSkip = 0 }: ClipTextOptions = {}): Architecture => {
  if (!isCount(clipSkip, 0) || clipSkip >= config.layers) {
    const rule = `clipSkip must be a whole number from 0 to ${config.layers - 1}, so that a layer stays`;
    throw new ArgumentError('bad-clip-skip', `${rule}, got ${shown(clipSkip)}`);
  }
  return {
    inputs: { ids: { kind: 'indices' } },
    outputs: ['lastHiddenState', 'penultimateHiddenState'],
    build: <T>(ops: NetOps<T>, parameters: Parameters<T>) => {
      const scope = within<T>({ ops, take: parameters }, 'text_model');
      const embed = embedding(scope, config);
      const layers = Array.from({ length: config.layers }, (_, i) =>
        layer(within(scope, `encoder.layers.${i}`), config),
      );
      const norm = layerNorm(scope, 'final_layer_norm', { channels: config.width, epsilon: config.normEpsilon });
      return (inputs: Values<T>): Values<T> => {
        const states = [embed(namedValue(inputs, 'ids'))];
        for (const next of layers) states.push(next(states.at(-1) as T));
        return {
          lastHiddenState: norm(states.at(-1 - clipSkip) as T),
          penultimateHiddenState: states.at(-2) as T,
        };
      };
    },
  };
};

const embedding = <T>(scope: Scope<T>, { vocabSize, positions, width }: ClipTextConfig): Layer<T> => {
  const { ops, take } = within(scope, 'embeddings');
  const tokens = take('token_embedding.weight', [vocabSize, width]);
  const places = take('position_embedding.weight', [positions, width]);
  return (ids) => ops.addRows(ops.embedding(tokens, ids), places);
};

const layer = <T>(scope: Scope<T>, config: ClipTextConfig): Layer<T> => {
  const { ops } = scope;
  const norm = { channels: config.width, epsilon: config.normEpsilon };
  const [before, attend] = [layerNorm(scope, 'layer_norm1', norm), attention(within(scope, 'self_attn'), config)];
  const [between, compute] = [layerNorm(scope, 'layer_norm2', norm), perceptron(within(scope, 'mlp'), config)];
  return (rows) =>
    ops.part(() => {
      const attended = ops.add(rows, attend(before(rows)));
      return ops.add(attended, compute(between(attended)));
    });
};

const attention = <T>(scope: Scope<T>, { width, heads }: ClipTextConfig): Layer<T> => {
  const shape = { from: width, to: width };
  const query = linear(scope, 'q_proj', shape);
  const key = linear(scope, 'k_proj', shape);
  const value = linear(scope, 'v_proj', shape);
  const out = linear(scope, 'out_proj', shape);
  const options = { count: heads, dim: width / heads, causal: true };
  return (rows) => out(scope.ops.attend(query(rows), key(rows), value(rows), options));
};

const perceptron = <T>(scope: Scope<T>, { width, intermediateSize, activation }: ClipTextConfig): Layer<T> => {
  const wide = linear(scope, 'fc1', { from: width, to: intermediateSize });
  const narrow = linear(scope, 'fc2', { from: intermediateSize, to: width });
  return (rows) => narrow(scope.ops.activate(wide(rows), activation));
};
