import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../../errors.ts';
import { guardWasmMemory } from './wasmMemory.ts';

/** An array of a checkpoint, in PyTorch's layout and C order. */
export type Weight = { readonly shape: readonly number[]; readonly data: Float32Array };

/** Convolutions OIHW ↔ HWIO, matrices `[out, in]` ↔ `[in, out]` (wasm multiplies by those ten times faster). */
const TO_TFJS: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [2, 3, 1, 0] };
const FROM_TFJS: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [3, 2, 0, 1] };

const permute = (x: tf.Tensor, orders: Readonly<Record<number, readonly number[]>>): tf.Tensor => {
  const order = orders[x.rank];
  return order ? tf.transpose(x, [...order]) : tf.clone(x);
};

/** A parameter in the layout in which {@link tfjsOps} want it. The caller owns the tensor. */
export const tfjsLayout = ({ shape, data }: Weight): tf.Tensor =>
  tf.tidy(() => permute(tf.tensor(data, [...shape], 'float32'), TO_TFJS));

/** A parameter back in PyTorch's layout, for saving. The caller owns the tensor; the argument stays. */
export const checkpointLayout = (parameter: tf.Tensor): tf.Tensor => tf.tidy(() => permute(parameter, FROM_TFJS));

/**
 * Uploads named weights in the layouts of {@link tfjsOps}. The caller owns the tensors, inside a tidy, too. If one
 * fails, none is left.
 *
 * @throws EnvironmentError `out-of-memory`.
 * @throws CheckpointError `bad-tensor-shape` for data of another length than the shape says.
 */
export const tfjsParameters = (weights: ReadonlyMap<string, Weight>): Map<string, tf.Tensor> => {
  guardWasmMemory();
  const tensors = new Map<string, tf.Tensor>();
  for (const [name, { shape, data }] of weights) {
    const length = tf.util.sizeFromShape([...shape]);
    if (length === data.length) continue;
    throw new CheckpointError(
      'bad-tensor-shape',
      `${name} has ${data.length} values, but shape [${shape}] needs ${length}`,
    );
  }
  try {
    for (const [name, weight] of weights) tensors.set(name, tf.keep(tfjsLayout(weight)));
  } catch (error) {
    tf.dispose([...tensors.values()]); // out of memory on a device, most likely
    throw error;
  }
  return tensors;
};
