/**
 * Copies a pipeline's folder with its large tensors in half precision, then measures what that changes: the largest
 * difference in the network's output on noised test images, over ten timesteps. The figure stands in the model's card.
 *
 *     tsx benchmarks/convertHalf.ts <from> <to> <folder of IDX files>
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { StoredTensor } from '../src/checkpoints/dtypes.ts';
import { float32ToFloat16, toFloat32 } from '../src/checkpoints/halfFloat.ts';
import { parseSafetensors } from '../src/checkpoints/safetensors.ts';
import { writeSafetensors } from '../src/checkpoints/writeSafetensors.ts';
import { type IdxDataset, readIdxDataset } from '../src/node/idx.ts';
import { loadModel } from '../src/node/loadModel.ts';
import { fillGaussian } from '../src/random.ts';

const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';
/**
 * Tensors with fewer elements stay as they are. They are few bytes, but hold the layers nearest to the image: rounding
 * the first convolution alone moves the output at timestep 0, where sigma is 0.01, by 8e-3.
 */
const LARGE = 10_000;
const TIMESTEPS = [0, 111, 222, 333, 444, 555, 666, 777, 888, 999];
const IMAGES = 64;

const toHalf = (bytes: Uint8Array): Uint8Array => {
  const half = (tensor: StoredTensor): StoredTensor =>
    tensor.data.length < LARGE
      ? tensor
      : { dtype: 'F16', shape: tensor.shape, data: float32ToFloat16(toFloat32(tensor)) };
  const tensors = [...parseSafetensors(bytes)].map(([name, tensor]): [string, StoredTensor] => [name, half(tensor)]);
  return writeSafetensors(new Map(tensors), { format: 'pt' });
};

/** `sqrt(a) image + sqrt(1 - a) noise` for the first images, which stand in [-1, 1]. */
const noised = ({ images, height, width }: IdxDataset, alphaBar: number): tf.Tensor4D => {
  const x = new Float32Array(IMAGES * height * width);
  fillGaussian(['convertHalf', alphaBar], x);
  x.forEach((noise, i) => {
    x[i] = Math.sqrt(alphaBar) * ((images[i] ?? 0) / 127.5 - 1) + Math.sqrt(1 - alphaBar) * noise;
  });
  return tf.tensor4d(x, [IMAGES, height, width, 1]);
};

const measure = async (from: string, to: string, data: IdxDataset): Promise<void> => {
  const [exact, half] = [await loadModel(from), await loadModel(to)];
  const nullLabel = exact.labels?.nullLabel ?? 0;
  const labels = Array.from(data.labels.subarray(0, IMAGES), (label, i) => (i % 2 === 0 ? label : nullLabel));
  for (const timestep of TIMESTEPS) {
    const [largest, rms] = tf.tidy(() => {
      const x = noised(data, exact.scheduler.schedule.alphaBar[timestep] ?? Number.NaN);
      const difference = tf.sub(exact.predict(x, timestep, labels), half.predict(x, timestep, labels));
      return [tf.max(tf.abs(difference)).dataSync()[0], Math.sqrt(tf.mean(tf.square(difference)).dataSync()[0] ?? 0)];
    });
    console.log(`timestep ${timestep}: largest difference ${largest?.toExponential(2)}, RMS ${rms?.toExponential(2)}`);
  }
};

const [from, to, images] = process.argv.slice(2);
if (from === undefined || to === undefined || images === undefined) throw new Error('needs <from> <to> <images>');
for (const part of ['unet/config.json', 'scheduler', 'boomerang.json']) {
  await cp(join(from, part), join(to, part), { recursive: true });
}
await writeFile(join(to, WEIGHTS), toHalf(await readFile(join(from, WEIGHTS))));
await tf.setBackend('wasm');
await measure(from, to, await readIdxDataset(images, 'test'));
