import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import type { FormatName } from '../../../src/node/runs/format.ts';
import { openBank } from '../../../src/node/runs/openBank.ts';
import type { RunAugment } from '../../../src/node/runs/planRun.ts';
import type { BankDatasetOptions } from '../../../src/node/runs/readBack/bankDataset.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { bytesOf, CLASSES, grey, runOf, WAY } from './drawn.ts';
import { elementOf, type MakingRun, makeRun, pictures } from './madeRun.ts';

type Plain = { readonly dtype: string; readonly shape: readonly number[]; readonly values: readonly number[] };

const collect = async <T = { readonly xs: Plain; readonly ys: Plain }>(dataset: Dataset<tf.TensorContainer>) => {
  const found: T[] = [];
  await dataset.forEachAsync((element) => {
    found.push(bytesOf(element) as T);
    tf.dispose(element);
  });
  return found;
};

/** Each image as text, whatever batch it came in. */
const imagesIn = (elements: readonly { readonly xs: Plain }[], size = 16): string[] =>
  elements.flatMap(({ xs: { values } }) =>
    Array.from({ length: values.length / size }, (_, n) =>
      values
        .slice(n * size, (n + 1) * size)
        .map((value) => Math.round(value * 255))
        .join(),
    ),
  );

describe('a bank of a run as a data set', () => {
  const scratch = scratchFolder();
  const model = gaussianModel();

  const bankOf = async (augment: Partial<RunAugment> = {}, more: Partial<MakingRun> = {}, format?: FormatName) => {
    const { dest } = await makeRun(scratch, { given: grey, model, ...runOf(augment, format), ...more } as MakingRun);
    return openBank(dest);
  };

  it('gives a variant of each image in a pass, the one that the transform draws', async () => {
    const bank = await bankOf();
    const dataset = bank.dataset({ batch: 4 });
    const augment = boomerangAugment({ model, ...WAY, bank });
    expect([dataset.size, bank.count, bank.classes]).to.deep.equal([2, 6, CLASSES]);
    const seen = new Set<string>();
    for (const epoch of [0, 1, 2]) {
      const found = await collect(dataset);
      augment.setEpoch(epoch);
      const element = elementOf(grey);
      const changed = augment(element);
      const expected = Array.from(changed.xs.dataSync());
      tf.dispose([element, changed]);
      const rows = Array.from({ length: 6 }, (_, n) => expected.slice(16 * n, 16 * n + 16).join());
      const sorted = [...rows.filter((_, n) => n % 2 === 0), ...rows.filter((_, n) => n % 2 === 1)]; // by class
      expect(imagesIn(found)).to.deep.equal(sorted);
      expect(found.map(({ xs }) => [xs.dtype, xs.shape])).to.deep.equal([
        ['float32', [4, 4, 4, 1]],
        ['float32', [2, 4, 4, 1]],
      ]);
      expect(found.flatMap(({ ys }) => ys.values)).to.deep.equal([1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
      seen.add(imagesIn(found).join(';'));
    }
    expect(seen).to.have.property('size', 3);
  });

  it('gives single images without batch, and goes on from an epoch', async () => {
    const bank = await bankOf();
    const [first, second] = [bank.dataset({ shuffle: 1 }), bank.dataset({ shuffle: 1, epoch: 1 })];
    const passes = [await collect(first), await collect(first)];
    expect(passes[0]?.[0]?.xs.shape).to.deep.equal([4, 4, 1]);
    expect(passes[0]?.[0]?.ys.shape).to.deep.equal([2]);
    expect(await collect(second)).to.deep.equal(passes[1]);
    expect(passes[1]).to.not.deep.equal(passes[0]);
  });

  it('shuffles images together with their classes', async () => {
    const bank = await bankOf({}, { variants: 1 });
    const byImage = async (options: BankDatasetOptions) => {
      const found = await collect(bank.dataset(options));
      return found.map(({ xs, ys }) => JSON.stringify([xs.values, ys.values]));
    };
    const [plain, mixed] = [await byImage({}), await byImage({ shuffle: 'a' })];
    expect(mixed).to.not.deep.equal(plain);
    expect(mixed.toSorted()).to.deep.equal(plain.toSorted());
  });

  for (const format of ['webdataset', 'idx'] as const) {
    it(`gives all variants, and the images before theirs: ${format}`, async () => {
      const bank = await bankOf({}, { originals: true }, format);
      const dataset = bank.dataset({ draw: 'all', originals: true });
      const found = imagesIn(await collect(dataset));
      expect(dataset.size).to.equal(18);
      expect(new Set(found)).to.have.property('size', 18);
      const originals = [0, 2, 4, 1, 3, 5].map((n) => grey.images[n]?.join());
      expect(found.filter((_, n) => n % 3 === 0)).to.deep.equal(originals);
      const some = imagesIn(await collect(bank.dataset({ originals: true })));
      expect(some.filter((_, n) => n % 2 === 0)).to.deep.equal(originals);
    });
  }

  it('gives pairs, with soft labels of the variants alone', async () => {
    const bank = await bankOf({ mode: 'pair', softLabels: { gamma: 1 } });
    type Pair = Record<'xs' | 'ys', Record<'clean' | 'variant', Plain>>;
    const [first, second] = await collect<Pair>(bank.dataset({ batch: 3, originals: true }));
    const clean = imagesIn([{ xs: (first as Pair).xs.clean }]);
    const variant = imagesIn([{ xs: (first as Pair).xs.variant }]);
    expect([clean[0], clean[1]]).to.deep.equal([grey.images[0]?.join(), grey.images[0]?.join()]);
    expect([variant[0] === clean[0], variant[1] === clean[1]]).to.deep.equal([true, false]);
    expect(second?.ys.clean.values).to.deep.equal([1, 0, 1, 0, 1, 0]);
    expect(first?.ys.variant.values).to.deep.equal([1, 0, 0.75, 0.25, 1, 0]);
  });

  it('gives pairs the labels of images where these are not softened', async () => {
    const bank = await bankOf({ mode: 'pair' });
    type Pair = { readonly xs: Record<'clean' | 'variant', Plain>; readonly ys: Plain };
    const [first] = await collect<Pair>(bank.dataset({ batch: 2 }));
    expect([first?.xs.clean.shape, first?.ys.values]).to.deep.equal([
      [2, 4, 4, 1],
      [1, 0, 1, 0],
    ]);
  });

  it('has no labels where there are no classes', async () => {
    const bank = await bankOf({}, { given: pictures(3, [4, 4, 1]) });
    expect(Object.keys((await collect(bank.dataset()))[0] as object)).to.deep.equal(['xs']);
    expect(bank.classes).to.equal(undefined);
  });

  it('refuses what it cannot give', async () => {
    const bank = await bankOf();
    const refused: readonly (readonly [object, string])[] = [
      [{ originals: true }, 'no-originals'],
      [{ batch: 0 }, 'bad-batch'],
      [{ draw: 'two' }, 'unknown-draw'],
      [{ epoch: -1 }, 'bad-epoch'],
      [{ bach: 2 }, 'unknown-option'],
    ];
    for (const [options, code] of refused) {
      expect(() => bank.dataset(options))
        .to.throw()
        .with.property('code', code);
    }
  });

  it('gives images of several sizes one by one, and in no batch', async () => {
    const mixed = { ...grey, odd: [6, 5, 1] as const };
    const several = await bankOf({ fit: 'resize' }, { given: mixed });
    expect((await rejection(collect(several.dataset({ batch: 6 })))).code).to.equal('wrong-image-size');
    expect(await collect(several.dataset())).to.have.length(6);
  });
});
