import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import type { Export, Variant } from '../../src/studio/api.ts';
import type { Choice } from '../../src/studio/choice.ts';
import { consumer } from '../support/packed.ts';
import { root, TSX } from '../support/shared.ts';
import { chosen, eventsIn, numberedClasses, openTestStudio, type StudioTest } from './studioServer.ts';

const schedule = (part: Partial<Choice['schedule']> = {}): Choice['schedule'] => ({
  ...{ epochs: 2, strength: ['ramp', 0.1, 0.3], probability: 0.5, bank: 0 },
  ...part,
});

/** Choices that say all that can be said, some of it together. */
const CHOICES: Readonly<Record<string, Choice>> = {
  'a ramp': chosen({ schedule: schedule() }),
  'a cosine that warms up, in full, another solver, fresh noise and a seed that must be quoted': chosen({
    seed: 'it\'s \\ "7" \u2028 */ ${',
    way: { solver: 'ddim', steps: 4, eta: 0.5 },
    schedule: schedule({ epochs: 3, strength: ['warmUp', 1, ['cosine', 0.1, 0.3]], probability: 1 }),
  }),
  'a bank, classes and guidance': chosen({
    way: { steps: 3, conditional: true, guidance: 1.5 },
    schedule: schedule({ strength: 0.25, probability: ['stepwise', [1, 0.5]], bank: 2 }),
  }),
  'a strength that adapts': chosen({
    way: { steps: 2 },
    schedule: schedule({ strength: ['cyclic', 0.2, 0.4, 2], adaptive: { target: 0.9, step: 0.05 } }),
  }),
};

/** Runs the program first, as it is, and then has its augmenter change some images in some epochs. */
const DRIVER = `
import * as tf from '@tensorflow/tfjs-core';
import { augmentFrom } from 'tfjs-boomerang';
import { augment, images, model } from './train.ts';
const [places, epochs, start] = process.argv.slice(2).map((text) => JSON.parse(text));
// What has adapted stands where it began, as in the page.
const transform = start === null ? augment : augmentFrom(augment.getConfig(), { model, strength: start });
const size = images.imageShape.reduce((a, b) => a * b, 1);
const made = [];
for (const epoch of epochs) for (const place of places) {
  const xs = tf.div(tf.tensor(images.bytes.subarray(place * size, (place + 1) * size), images.imageShape, 'float32'), 255);
  const ys = tf.cast(tf.oneHot(images.labels[place], images.classes.length), 'float32');
  const out = await transform.async({ xs, ys }, { epoch });
  made.push({ place, epoch, values: Array.from(out.xs.dataSync(), (value) => Math.round(255 * value)) });
}
console.log('MADE' + JSON.stringify(made));
`;

type Made = { readonly place: number; readonly epoch: number; readonly values: readonly number[] };

const pixelsOf = async ({ url }: Variant): Promise<number[]> => {
  const png = sharp(Buffer.from(url.split(',')[1] ?? '', 'base64'));
  return Array.from(await png.toColourspace('b-w').raw().toBuffer());
};

describe('what somebody takes along', function () {
  this.timeout(120_000);
  const { write, path, node } = consumer('onnxruntime-node');
  let studio: StudioTest | undefined;
  before(async () => {
    studio = await openTestStudio(numberedClasses(path('images')));
  });
  after(() => studio?.close());
  const exported = async (choice: Choice): Promise<Export> =>
    (await (await (studio as StudioTest).post('/api/export', choice)).json()) as Export;
  const shownFor = async (choice: Choice): Promise<Variant[]> => {
    const events = await eventsIn(
      await (studio as StudioTest).get(`/api/epochs?choice=${encodeURIComponent(JSON.stringify(choice))}`),
    );
    return events.flatMap(({ type, data }) => (type === 'variant' ? [data as Variant] : []));
  };

  for (const [name, choice] of Object.entries(CHOICES)) {
    it(`is a program that runs as it is and gives the bytes that the page shows: ${name}`, async () => {
      const shown = await shownFor(choice);
      expect(shown).to.have.lengthOf(choice.images.length * choice.schedule.epochs);
      const { typescript } = await exported(choice);
      write('train.ts', typescript);
      write('driver.mjs', DRIVER);
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const strict = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2023', '--module', 'nodenext'];
      expect(node(tsc, ...strict, '--noUncheckedIndexedAccess', '--noUnusedLocals', 'train.ts').stdout).to.equal('');
      const start = choice.schedule.adaptive ? 0.2 : null;
      const asked = [choice.images, [...new Set(shown.map(({ epoch }) => epoch))], start].map((one) =>
        JSON.stringify(one),
      );
      const { stdout, stderr, status } = node(...TSX, 'driver.mjs', ...asked);
      expect(status, stderr).to.equal(0);
      expect(stdout).to.match(/\d+ of \d+ images were variants/);
      const made = JSON.parse(/MADE(.*)/.exec(stdout)?.[1] ?? '[]') as Made[];
      for (const one of shown) {
        const own = made.find(({ place, epoch }) => place === one.image && epoch === one.epoch);
        expect(own?.values).to.deep.equal(await pixelsOf(one));
      }
      expect(shown.some(({ strength }) => strength > 0)).to.equal(true);
    });
  }
});
