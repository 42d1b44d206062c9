import * as tf from '@tensorflow/tfjs-core';
import type { Binding, Port } from '../../networks/binding.ts';
import type { TfjsNetwork } from './network.ts';

/** Runs a network that somebody else wrote: tensors by name in, its output back, owned by the caller. */
export type Execute = (inputs: Record<string, tf.Tensor>) => tf.Tensor;

/**
 * Feeds a foreign network as its binding says: images in its layout, timesteps as a number, `[N]` or `[N, 1]`, rounded
 * for a network that counts them in integers.
 */
export const boundNetwork = (binding: Binding, execute: Execute, dispose: () => void): TfjsNetwork => {
  const feed = (x: tf.Tensor4D, timesteps: tf.Tensor1D, labels: tf.Tensor1D | undefined): tf.Tensor4D => {
    const { image, time, label } = binding;
    const inputs = { [image.name]: toLayout(x, binding), [time.name]: vectorFor(time, timesteps) };
    if (label !== undefined && labels !== undefined) inputs[label.name] = vectorFor(label, labels);
    return fromLayout(execute(inputs), binding);
  };
  return {
    run: (x, timesteps, labels) =>
      tf.tidy(() => {
        const count = x.shape[0];
        if (!binding.isOneByOne || count === 1) return feed(x, timesteps, labels);
        const [steps, classes] = [tf.split(timesteps, count), labels && tf.split(labels, count)];
        return tf.concat(
          tf
            .split(x, count)
            .map((one, n) =>
              feed(one as tf.Tensor4D, steps[n] as tf.Tensor1D, classes?.[n] as tf.Tensor1D | undefined),
            ),
        );
      }),
    dispose,
  };
};

const toLayout = (x: tf.Tensor4D, { layout }: Binding): tf.Tensor4D =>
  layout === 'NHWC' ? x : tf.transpose(x, [0, 3, 1, 2]);

const fromLayout = (y: tf.Tensor, { layout }: Binding): tf.Tensor4D =>
  layout === 'NHWC' ? (y as tf.Tensor4D) : tf.transpose(y as tf.Tensor4D, [0, 2, 3, 1]);

const vectorFor = ({ shape, isInteger }: Port, values: tf.Tensor1D): tf.Tensor => {
  const typed = isInteger ? tf.cast(tf.round(values), 'int32') : tf.cast(values, 'float32');
  const rank = shape?.length ?? 1;
  return tf.reshape(typed, [[], [-1], [-1, 1]][rank] ?? [-1]);
};
