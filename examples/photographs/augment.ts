/**
 * Variants of photographs by a latent model, such as those of Stable Diffusion's kind:
 *
 *   npx tsx examples/photographs/augment.ts DATA --model PLACE [--size 256] [--strength 0.3] [--out FILE.png]
 *
 * DATA holds a folder of images for each class. Writes a page with the first image of each class and two variants.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import {
  BoomerangError,
  boomerang,
  boomerangAugment,
  chooseBackend,
  contactSheet,
  loadModel,
  openImages,
  writeWhole,
} from 'tfjs-boomerang';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: '' },
    size: { type: 'string', default: '256' },
    strength: { type: 'string', default: '0.3' },
    out: { type: 'string', default: 'demo/photographs.png' },
  },
});
const [data = ''] = positionals;
const { model: place, out } = options;
const [size, strength] = [Number(options.size), Number(options.strength)];

// One line says what is wrong with what was given.
process.on('uncaughtException', (error) => {
  console.error(error instanceof BoomerangError ? error.message : error);
  process.exit(2);
});
await chooseBackend();
// #region photographs
const model = await loadModel(place, { imageSize: size }); // a folder, or a name on the hub
const photographs = await openImages(data, { size: [size, size], channels: 3, fit: 'resize' });
const augment = boomerangAugment({
  model,
  seed: 'run-7',
  strength,
  ...(model.text ? { prompt: 'a photo of a {class}', classes: photographs.classes ?? [] } : {}),
  labels: 'ys',
  bank: 2, // variants of each photograph, made once; it is encoded once, too
});
const dataset = photographs.dataset().map(augment); // or augmentDataset, which never blocks
// #endregion

await dataset.forEachAsync((element) => tf.dispose(element));
const { images, encodings, evaluations } = augment.stats();
console.log(`${images} photographs, ${encodings} encoded, ${evaluations} calls of the network`);

const { count, classes = [], labels = new Array<number>(count).fill(0) } = photographs;
const firsts = [...new Set(labels)].toSorted((a, b) => a - b).map((label) => labels.indexOf(label));
const originals = firsts.map((place) => photographs.pixels(place).map((value) => (value + 1) / 2));
const rows = originals.map((image, row) => ({ label: classes[labels[firsts[row] ?? 0] ?? 0] ?? '', images: [image] }));
const shown = tf.tidy(
  () => tf.stack(originals.map((image) => tf.tensor3d(image, [...model.imageShape]))) as tf.Tensor4D,
);
for (const variant of [0, 1]) {
  const prompts = rows.map(({ label }) => `a photo of a ${label}`);
  const told = model.text ? { prompt: prompts } : {};
  const made = await boomerang(model, shown, { seed: 'run-7', strength, variant, ...told });
  const values = await made.data<'float32'>();
  const length = values.length / rows.length;
  for (const [row, { images: line }] of rows.entries()) line.push(values.slice(row * length, (row + 1) * length));
  made.dispose();
}
shown.dispose();
const columnsOf = [
  { header: 'photograph', count: 1 },
  { header: `strength ${strength}`, count: 2 },
];
await writeWhole(out, await contactSheet({ shape: model.imageShape, columns: columnsOf, rows }));
console.log(`wrote ${out}`);
model.dispose();
