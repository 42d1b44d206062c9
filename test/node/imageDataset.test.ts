import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { writeFiles } from './dataFiles.ts';

const COUNT = 10;
const parts = { bytes: Uint8Array.from({ length: COUNT * 4 }, (_, i) => 6 * i), imageShape: [2, 2, 1] } as const;
const labelled = imageSet({
  ...parts,
  labels: Array.from({ length: COUNT }, (_, n) => n % 3),
  classes: ['a', 'b', 'c'],
});

type Row = { readonly xs: number[]; readonly ys: number[]; readonly shapes: readonly (readonly number[])[] };
const rows = async (dataset: ReturnType<typeof labelled.dataset>): Promise<Row[]> => {
  const found: Row[] = [];
  await dataset.forEachAsync(({ xs, ys }) => {
    expect(xs.dtype).to.equal('float32');
    found.push({
      xs: [...xs.dataSync()],
      ys: ys ? [...ys.dataSync()] : [],
      shapes: ys ? [xs.shape, ys.shape] : [xs.shape],
    });
    tf.dispose(ys ? [xs, ys] : [xs]);
  });
  return found;
};

describe('a data set of an image set', () => {
  it('has images in [0, 1] and classes one-hot, one by one or in batches, and knows its size', () =>
    expectNoLeak(async () => {
      const [one, ...others] = await rows(labelled.dataset());
      expect(one?.shapes).to.deep.equal([[2, 2, 1], [3]]);
      expect(others).to.have.length(COUNT - 1);
      const batches = await rows(labelled.dataset({ batch: 4 }));
      expect(batches.map(({ shapes }) => shapes[0]?.[0])).to.deep.equal([4, 4, 2]);
      expect([labelled.dataset().size, labelled.dataset({ batch: 4 }).size]).to.deep.equal([COUNT, 3]);
      const values = batches.flatMap(({ xs }) => xs).map((value) => Math.round(value * 255));
      expect(values).to.deep.equal([...labelled.bytes]);
      expect(batches.flatMap(({ ys }) => ys).slice(0, 9)).to.deep.equal([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    }));

  it('has images alone where there are no classes', () =>
    expectNoLeak(async () => {
      const [first] = await rows(imageSet(parts).dataset({ batch: 4 }));
      expect(first?.shapes).to.deep.equal([[4, 2, 2, 1]]);
    }));

  it('may have a single class', () =>
    expectNoLeak(async () => {
      const single = imageSet({ ...parts, labels: Array.from({ length: COUNT }, () => 0), classes: ['only'] });
      const found = await rows(single.dataset({ batch: 4 }));
      expect(found.map(({ ys }) => ys)).to.deep.equal([
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 1],
      ]);
      expect((await rows(single.dataset()))[0]?.shapes).to.deep.equal([[2, 2, 1], [1]]);
    }));

  it('has an order for each pass, which the seed decides', () =>
    expectNoLeak(async () => {
      const passes = async (seed: string | number) => {
        const dataset = labelled.dataset({ batch: 3, shuffle: seed });
        return [await rows(dataset), await rows(dataset)].map((pass) => pass.flatMap(({ xs }) => xs));
      };
      const [first, second] = await passes('a');
      expect(await passes('a')).to.deep.equal([first, second]);
      expect(first).to.not.deep.equal(second);
      expect((await passes('b'))[0]).to.not.deep.equal(first);
      expect([...(first as number[])].sort()).to.deep.equal([...(second as number[])].sort());
    }));

  it('refuses a batch of none', () => {
    for (const batch of [0, 1.5, -1]) {
      expect(() => labelled.dataset({ batch }))
        .to.throw(/batch.*at least 1/)
        .with.property('code', 'bad-batch');
    }
  });
});

describe('a folder of images', () => {
  const path = scratchFolder();

  it('goes through boomerangAugment as it is written', async () => {
    for (let n = 0; n < 6; n += 1) {
      const grey = sharp(Buffer.alloc(28 * 28, 30 * n), { raw: { width: 28, height: 28, channels: 1 } }).toColourspace(
        'b-w',
      );
      writeFiles(path, { [`${n % 2}/${n}.png`]: await grey.png().toBuffer() });
    }
    const model = await loadModel(join(root, 'models/fashion-28'), { engine: 'tfjs' });
    try {
      await expectNoLeak(async () => {
        const images = await openImages(path());
        const augment = boomerangAugment({ model, strength: 0.3, steps: 2, seed: 'a' });
        const batches = images.dataset({ batch: 4 }).map(augment);
        const shapes: number[][] = [];
        await batches.forEachAsync((element) => {
          const { xs, ys } = element as { xs: tf.Tensor; ys: tf.Tensor };
          shapes.push(xs.shape, ys.shape);
          expect(Math.min(...xs.dataSync())).to.be.at.least(0);
          expect(Math.max(...xs.dataSync())).to.be.within(0.01, 1);
          tf.dispose([xs, ys]);
        });
        expect(shapes).to.deep.equal([
          [4, 28, 28, 1],
          [4, 2],
          [2, 28, 28, 1],
          [2, 2],
        ]);
      });
    } finally {
      model.dispose();
    }
  });
});
