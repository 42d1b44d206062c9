import * as tf from '@tensorflow/tfjs-core';
import { namedValue } from '../../networks/architecture.ts';
import type { Binding, Port } from '../../networks/binding.ts';
import { rowsOf } from './inParts.ts';
import type { NamedTensors, TfjsNetwork } from './network.ts';

/** Runs a network that somebody else wrote: tensors by name in, its output back, owned by the caller. */
export type Execute = (inputs: Record<string, tf.Tensor>) => tf.Tensor;

/**
 * Feeds a foreign network as its binding says: images in its layout, timesteps as a number, `[N]` or `[N, 1]`, rounded
 * for a network that counts them in integers.
 */
export const boundNetwork = (binding: Binding, execute: Execute, dispose: () => void): TfjsNetwork => {
  const feed = (given: NamedTensors): tf.Tensor4D => {
    const { image, time, label } = binding;
    const inputs = {
      [image.name]: toLayout(namedValue(given, 'x') as tf.Tensor4D, binding),
      [time.name]: vectorFor(time, namedValue(given, 'timesteps')),
    };
    if (label !== undefined && given['labels']) inputs[label.name] = vectorFor(label, given['labels']);
    return fromLayout(execute(inputs), binding);
  };
  return {
    run: (inputs) =>
      tf.tidy(() => {
        const count = namedValue(inputs, 'x').shape[0] ?? 0;
        if (!binding.isOneByOne || count === 1) return { output: feed(inputs) };
        return { output: tf.concat(Array.from({ length: count }, (_, n) => feed(rowsOf(inputs, n, 1)))) };
      }),
    dispose,
  };
};

const toLayout = (x: tf.Tensor4D, { layout }: Binding): tf.Tensor4D =>
  layout === 'NHWC' ? x : tf.transpose(x, [0, 3, 1, 2]);

const fromLayout = (y: tf.Tensor, { layout }: Binding): tf.Tensor4D =>
  layout === 'NHWC' ? (y as tf.Tensor4D) : tf.transpose(y as tf.Tensor4D, [0, 2, 3, 1]);

const vectorFor = ({ shape, isInteger }: Port, values: tf.Tensor): tf.Tensor => {
  const typed = isInteger ? tf.cast(tf.round(values), 'int32') : tf.cast(values, 'float32');
  const rank = shape?.length ?? 1;
  return tf.reshape(typed, [[], [-1], [-1, 1]][rank] ?? [-1]);
};
