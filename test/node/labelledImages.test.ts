import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { writePng } from '../../src/node/images.ts';
import { pixelsAt, readTrainingImages } from '../../src/node/labelledImages.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { stripes, writeIdx } from '../support/stripes.ts';

describe('readTrainingImages', () => {
  const path = scratchFolder();
  const shape = [2, 3, 1] as const;
  const picture = async (name: string, value: number): Promise<void> => {
    mkdirSync(dirname(path(name)), { recursive: true });
    await writePng(path(name), new Float32Array(6).fill(value / 255), shape);
  };

  it('reads the training half of IDX files, and names classes by number', async () => {
    const data = stripes(6);
    const read = await readTrainingImages(writeIdx(path('data'), data), [28, 28, 1]);
    expect({ ...read, bytes: [...read.bytes] }).to.deep.equal({ ...data, bytes: [...data.bytes] });
  });

  it('reads a folder of images for each class, in the order of their names', async () => {
    await picture('data/dog/2.png', 20);
    await picture('data/dog/1.png', 10);
    await picture('data/cat/9.png', 90);
    writeFileSync(path('data/cat/notes.txt'), 'no image');
    mkdirSync(path('data/empty'));
    const { classes, labels, bytes } = await readTrainingImages(path('data'), shape);
    expect({ classes, labels }).to.deep.equal({ classes: ['cat', 'dog'], labels: [0, 1, 1] });
    expect([bytes[0], bytes[6], bytes[12]]).to.deep.equal([90, 10, 20]);
  });

  it('takes the training part alone where there are two', async () => {
    for (const part of ['train', 'test']) {
      await picture(`data/${part}/a/1.png`, part === 'train' ? 1 : 2);
      await picture(`data/${part}/b/1.png`, part === 'train' ? 3 : 4);
    }
    const { bytes, labels } = await readTrainingImages(path('data'), shape);
    expect([bytes[0], bytes[6], labels.length]).to.deep.equal([1, 3, 2]);
  });

  it('hands out chosen images as numbers in [0, 1]', () => {
    const data = { shape, bytes: Uint8Array.from({ length: 18 }, (_, i) => i), labels: [0, 1, 0], classes: ['a', 'b'] };
    expect([...pixelsAt(data, [2, 0])].map((pixel) => Math.round(pixel * 255))).to.deep.equal([
      12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5,
    ]);
  });

  const refusals: readonly [string, string, RegExp, () => Promise<unknown> | unknown][] = [
    ['a folder that is not there', 'no-such-dataset', /ENOENT/, () => undefined],
    ['a folder without classes', 'no-such-dataset', /IDX/, () => mkdirSync(path('data'))],
    ['one class alone', 'no-such-dataset', /each class/, () => picture('data/cat/1.png', 1)],
    ['images of another size', 'wrong-image-size', /28 x 28.*3 x 2/, () => writeIdx(path('data'), stripes(2))],
  ];
  for (const [title, code, words, make] of refusals) {
    it(`refuses ${title}`, async () => {
      await make();
      const error = await rejection(readTrainingImages(path('data'), shape));
      expect(error).to.be.instanceOf(ArgumentError).and.include({ code });
      expect(error.message).to.match(words);
    });
  }
});
