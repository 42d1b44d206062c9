/**
 * Trains a small classifier on what a run has made, without the model that made it:
 *
 *   boomerang run DATA --out DEST --model fashion-28 --strength 0.3 --seed run-7 --variants 4 --include-originals
 *   npx tsx examples/runs.ts DEST
 */
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { chooseBackend, openBank } from 'tfjs-boomerang';

const [place = 'variants'] = process.argv.slice(2);
await chooseBackend();
// #region train
const bank = await openBank(place); // a folder, or s3://bucket/prefix
const dataset = bank.dataset({ batch: 32, shuffle: 'run-7', originals: true }); // and a variant of each, another one in each pass

const classifier = sequential({
  layers: [
    layers.flatten({ inputShape: [...bank.imageShape] }),
    layers.dense({ units: bank.classes?.length ?? 1, activation: 'softmax' }),
  ],
});
classifier.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
await classifier.fitDataset(dataset, { epochs: 3 });
// #endregion
console.log(`trained on ${bank.count} images`);
bank.dispose();
