import { isCount } from '../errors.ts';
import * as fields from './configFields.ts';
import { badConfig, type Json, unsupportedConfig } from './configFields.ts';

/** What a config says of each stage, from the finest to the coarsest but for `upDepths`. */
export type StageLists = {
  /** Residual blocks on the way down; the way up has one more. */
  readonly layers: readonly number[];
  /** How many heads a transformer has. The key says `attention_head_dim`, and in plain attention means that. */
  readonly heads: readonly number[];
  readonly onlyCross: readonly boolean[];
  readonly downDepths: readonly Depth[];
  /** From the coarsest to the finest. */
  readonly upDepths: readonly Depth[];
  /** Channels of the rows that transformers look at. */
  readonly contextSize: number;
};

/** How many blocks the transformers of a stage have: all of them, or each. */
export type Depth = number | readonly number[];

/**
 * Reads what may be one value for all stages or a list of one for each.
 *
 * @throws CheckpointError `bad-config`, `unsupported-config`.
 */
export const stageLists = (json: Json, stages: number): StageLists => {
  const counts = (key: string, fallback: number) => perStage(json, key, { stages, fallback, kind: COUNT });
  const widths = counts('cross_attention_dim', 1280);
  const [contextSize = 0] = widths;
  if (widths.some((width) => width !== contextSize)) {
    throw unsupportedConfig('cross_attention_dim', widths, 'all stages must look at rows of one width');
  }
  const depths = (key: string) => perStage<Depth>(json, key, { stages, fallback: 1, kind: DEPTH });
  const downDepths = depths('transformer_layers_per_block');
  return {
    layers: counts('layers_per_block', 2),
    heads: counts('attention_head_dim', 8),
    onlyCross: perStage(json, 'only_cross_attention', { stages, fallback: false, kind: FLAG }),
    downDepths,
    upDepths: isGiven(json, REVERSE) ? depths(REVERSE) : turnedRound(downDepths),
    contextSize,
  };
};

const REVERSE = 'reverse_transformer_layers_per_block';

const isGiven = (json: Json, key: string): boolean => (json[key] ?? null) !== null;

const turnedRound = (depths: readonly Depth[]): readonly Depth[] => {
  if (depths.every((depth) => typeof depth === 'number')) return depths.toReversed();
  throw badConfig(REVERSE, null, 'given where transformer_layers_per_block has lists in it');
};

/** What a value must be, in words and as a test. */
type Kind<V> = { readonly rule: string; readonly is: (value: unknown) => value is V };

const COUNT: Kind<number> = { rule: 'a whole number of at least 1', is: isCount };

const FLAG: Kind<boolean> = { rule: 'true or false', is: (value) => typeof value === 'boolean' };

const isWhole = (value: unknown): value is number => value === 0 || isCount(value);

const DEPTH: Kind<Depth> = {
  rule: 'a whole number, or a list of one for each layer',
  is: (value): value is Depth => isWhole(value) || (Array.isArray(value) && value.every(isWhole)),
};

type PerStage<V> = { readonly stages: number; readonly fallback: V; readonly kind: Kind<V> };

const perStage = <V>(json: Json, key: string, { stages, fallback, kind }: PerStage<V>): readonly V[] => {
  const value = fields.field(json, key, fallback);
  const list: readonly unknown[] = Array.isArray(value) ? value : new Array<unknown>(stages).fill(value);
  if (list.length === stages && list.every((each) => kind.is(each))) return list;
  throw badConfig(key, value, `${kind.rule}, or a list of ${stages} for the stages`);
};
