import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { imageSet } from '../../../src/node/data/imageSet.ts';
import { withLabels } from '../../../src/node/data/labelledImages.ts';
import { pixelsAt } from '../../../src/node/data/pixels.ts';
import { toBytes } from '../../../src/node/images.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import type { Variant } from '../../../src/studio/api.ts';
import { USUAL } from '../../../src/studio/choice.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { allEvents, startStudio } from '../../support/studioServer.ts';
import { expectNoLeak } from '../../support/tensors.ts';

describe('the studio of a latent model with text', () => {
  const path = scratchFolder();

  it('shows the bytes that boomerangAugment gives for the same prompt, by the class of each image', async () => {
    const model = await loadModel(writeFiles(path('sd'), await stableFiles()), { engine: 'tfjs' });
    const [height, width, channels] = model.imageShape;
    const size = height * width * channels;
    const bytes = Uint8Array.from({ length: 4 * size }, (_, n) => (n * 31) % 256);
    const parts = { bytes, imageShape: model.imageShape, labels: [0, 1, 0, 1], classes: ['cat', 'dog'] };
    const data = withLabels(imageSet(parts), 'animals');
    const studio = await startStudio({ model, data });
    const way = { steps: 2, prompt: 'a photo of a {class}', guidance: 3 };
    try {
      const choice = { ...USUAL, images: [1, 2], variants: 1, strength: 0.5, seed: 'a', way };
      await expectNoLeak(async () => {
        const { of } = await allEvents(studio, `/api/variants?choice=${encodeURIComponent(JSON.stringify(choice))}`);
        const told = of<Variant>('variant').sort((a, b) => a.image - b.image);
        const labels = (): number[] => [1, 0];
        const classes = ['cat', 'dog'];
        const augment = boomerangAugment({ model, seed: 'a', strength: 0.5, ...way, labels, classes });
        const element = tf.tensor4d(pixelsAt(data, [1, 2]), [2, ...data.imageShape]);
        const changed = await augment.async(element, { epoch: 0 });
        const wanted = [...toBytes(await changed.data<'float32'>())];
        tf.dispose([changed, element]);
        const shown = await Promise.all(
          told.map(({ url }) =>
            sharp(Buffer.from(url.split(',')[1] as string, 'base64'))
              .raw()
              .toBuffer(),
          ),
        );
        const differences = Buffer.concat(shown).map((byte, n) => Math.abs(byte - (wanted[n] as number)));
        expect(Math.max(...differences)).to.be.at.most(1); // one image a batch, and two: they round otherwise in wasm
        expect(differences.filter((one) => one > 0).length).to.be.at.most(wanted.length / 1000);
      });
    } finally {
      await studio.close();
      model.dispose();
    }
  });
});
