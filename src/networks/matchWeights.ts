import { CheckpointError } from '../errors.ts';

/** What attention's parameters were called before diffusers 0.12 (as it is now, as it was). */
const OLD_ATTENTION_NAMES = [
  ['.to_q.', '.query.'],
  ['.to_k.', '.key.'],
  ['.to_v.', '.value.'],
  ['.to_out.0.', '.proj_attn.'],
] as const;

const nameIn = (weights: ReadonlyMap<string, unknown>, name: string): string | undefined => {
  if (weights.has(name)) return name;
  const old = OLD_ATTENTION_NAMES.reduce((text, [now, before]) => text.replace(now, before), name);
  return weights.has(old) ? old : undefined;
};

/** Attention's matrices were once stored as convolutions of one pixel, `[out, in, 1, 1]`. */
const asMatrix = (shape: readonly number[]): readonly number[] =>
  shape.length > 2 && shape.slice(2).every((size) => size === 1) ? shape.slice(0, 2) : shape;

/** The first five of a list, and how many there are. */
const some = (items: readonly string[]): string =>
  items.length <= 5 ? items.join(', ') : `${items.slice(0, 5).join(', ')} and ${items.length - 5} more`;

const refuse = (code: string, what: string, items: readonly string[]): void => {
  if (items.length === 0) return;
  const tensors = items.length === 1 ? '1 tensor' : `${items.length} tensors`;
  throw new CheckpointError(
    code,
    `${tensors} of the checkpoint ${what}: ${some(items)}; is it of another config.json?`,
  );
};

/**
 * Finds the weights of a network in a checkpoint, which must hold them all, in these shapes, and nothing else. Old
 * names and shapes of attention's parameters are understood.
 *
 * @param wanted names and shapes, as `parameterShapes` gives them.
 * @returns the weights by the names of `wanted`, in its order.
 * @throws CheckpointError `missing-tensor`, `bad-tensor-shape`, `unexpected-tensor`.
 */
export const matchWeights = <W extends { readonly shape: readonly number[] }>(
  wanted: ReadonlyMap<string, readonly number[]>,
  weights: ReadonlyMap<string, W>,
): Map<string, W> => {
  const matched = new Map<string, W>();
  const leftover = new Set(weights.keys());
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [name, shape] of wanted) {
    const found = nameIn(weights, name);
    const weight = found === undefined ? undefined : weights.get(found);
    if (found === undefined || weight === undefined) {
      missing.push(name);
      continue;
    }
    leftover.delete(found);
    const given = shape.length === 2 ? asMatrix(weight.shape) : weight.shape;
    matched.set(name, given === weight.shape ? weight : { ...weight, shape: given });
    const same = given.length === shape.length && shape.every((size, i) => size === given[i]);
    if (!same) misshapen.push(`${found} [${weight.shape}] instead of [${shape}]`);
  }
  refuse('missing-tensor', missing.length === 1 ? 'is missing' : 'are missing', missing);
  refuse('bad-tensor-shape', 'have a shape that the network does not expect', misshapen);
  refuse('unexpected-tensor', 'have no place in the network', [...leftover]);
  return matched;
};
