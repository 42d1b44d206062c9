/**
 * Whole variants on a GPU and on the processor: how many a second, and how many of as many evaluations alone?
 *
 *     npx tsx benchmarks/gpuVariants.ts [--model models/fashion-28] [--devices cpu,webgpu] [--batch 16,64] [--seconds 3]
 *
 * Prints a line of JSON for each device and batch; the last says how far the variants of the two are apart.
 */
import { parseArgs } from 'node:util';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../src/models/model.ts';
import { loadModel } from '../src/node/loadModel.ts';
import type { Device } from '../src/node/sessions/device.ts';
import { boomerang } from '../src/returns/boomerang.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/fashion-28' },
    devices: { type: 'string', default: 'cpu,webgpu' },
    batch: { type: 'string', default: '16,64' },
    seconds: { type: 'string', default: '3' },
    wasm: { type: 'string' },
  },
});
const STEPS = 5;

/** Images a second of what makes `count` of them at a time. */
const rate = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  await work();
  const start = performance.now();
  let made = 0;
  for (; performance.now() - start < Number(flags.seconds) * 1000; made += count) await work();
  return (made * 1000) / (performance.now() - start);
};

const variantsOf = (model: Model, images: tf.Tensor4D): Promise<tf.Tensor4D> =>
  boomerang(model, images, { strength: 0.4, steps: STEPS, seed: 1 });

if (flags.wasm !== undefined) setWasmPaths(flags.wasm);
await tf.setBackend('wasm');
const seen: Float32Array[] = [];
for (const device of flags.devices.split(',') as Device[]) {
  const model = await loadModel(flags.model, { engine: 'onnx', device });
  for (const batch of flags.batch.split(',').map(Number)) {
    const images = tf.randomUniform([batch, ...model.imageShape], 0, 1, 'float32', 5) as tf.Tensor4D;
    const latents = tf.randomNormal([batch, ...model.latentShape], 0, 1, 'float32', 5) as tf.Tensor4D;
    const label = model.labels ? 0 : undefined;
    const variants = await rate(batch, async () => tf.dispose(await variantsOf(model, images)));
    const alone = await rate(batch, async () => tf.dispose(await model.predictAsync(latents, 300, label)));
    console.log(
      JSON.stringify({ device, batch, variants, evaluationsAlone: alone, share: (variants * STEPS) / alone }),
    );
    tf.dispose([images, latents]);
  }
  const few = tf.randomUniform([4, ...model.imageShape], 0, 1, 'float32', 9) as tf.Tensor4D;
  const made = await variantsOf(model, few);
  seen.push(await made.data<'float32'>());
  tf.dispose([few, made]);
  model.dispose();
}
const [a, b] = seen;
const apart = a?.reduce((most, value, i) => Math.max(most, Math.abs(value - (b?.[i] ?? 0))), 0);
console.log(JSON.stringify({ apart }));
