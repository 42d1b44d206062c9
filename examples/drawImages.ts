/**
 * Draws the images in `examples/images` from the shipped model, so that the demo has something to start from on a
 * machine without Fashion-MNIST: five of each class, at strength 1, where nothing of a starting image is left.
 *
 *   npx tsx examples/drawImages.ts
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { boomerang, chooseBackend, describeBackend, loadModel, writePng } from 'tfjs-boomerang';

const EACH = 5;
const out = join(import.meta.dirname, 'images');

console.log(describeBackend(await chooseBackend()));
const model = await loadModel(join(import.meta.dirname, '../models/fashion-28'));
await mkdir(out, { recursive: true });
for (const [label, name] of (model.labels?.classes ?? []).entries()) {
  const images = await boomerang(model, tf.zeros([EACH, ...model.imageShape]), {
    strength: 1,
    steps: 50,
    solver: 'ddpm',
    seed: 'examples',
    keys: Array.from({ length: EACH }, (_, n) => `${name} ${n}`),
    labels: new Array(EACH).fill(label),
  });
  const pixels = await images.data<'float32'>();
  const size = pixels.length / EACH;
  const word = name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  for (let n = 0; n < EACH; n += 1) {
    await writePng(join(out, `${label}-${word}-${n}.png`), pixels.slice(n * size, (n + 1) * size), model.imageShape);
  }
  images.dispose();
  console.log(`${name}: ${EACH} images`);
}
model.dispose();
