import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { memoryBank } from '../../src/caches/bank.ts';
import { memoryCache } from '../../src/caches/cache.ts';
import type { Model } from '../../src/models/model.ts';
import { diskBank } from '../../src/node/diskCache/diskBank.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { openFolder } from '../../src/node/folder.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import type { VariantRecord } from '../../src/returns/record.ts';
import { replay } from '../../src/returns/replay.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { runInProcess } from '../support/cli.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { writeCheckpoint } from './onnxCheckpoint.ts';

const DRAWING = { reuse: 2, branch: 0.5, solver: 'ddpm' };

/** What may be kept of a variant, and must not stand in for that of another precision. */
const KEEPERS: Readonly<Record<string, (folder: string) => Partial<AugmentOptions>>> = {
  'a cache in memory': () => ({ ...DRAWING, cache: memoryCache() }),
  'a cache on disk': (folder) => ({ ...DRAWING, cache: diskCache(folder, { maxBytes: 1e6 }) }),
  'a bank in memory': () => ({ bank: memoryBank({ variants: 2 }) }),
  'a bank on disk': (folder) => ({ bank: diskBank(folder, { variants: 2 }) }),
};

describe('what is kept of a model in one precision', () => {
  const path = scratchFolder();
  let [exact, whole, image] = [] as unknown as [Model, Model, tf.Tensor4D];

  beforeEach(async () => {
    const folder = await openFolder(writeCheckpoint(path('model')));
    exact = await openOnnxDiffusers(folder, { sessions: 1 }, path('cache'));
    whole = await openOnnxDiffusers(folder, { sessions: 1, precision: 'int8' }, path('cache'));
    image = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], 0, 1, 'float32', 'image');
  });
  afterEach(() => {
    exact.dispose();
    whole.dispose();
    image.dispose();
  });

  /** One variant of the image by a model, and its record. */
  const variantBy = (model: Model, keeper: Partial<AugmentOptions> = {}) => {
    const records: VariantRecord[] = [];
    const onVariant = (record: VariantRecord) => records.push(record);
    const augment = boomerangAugment({ model, seed: 'a', strength: 0.6, steps: 4, ...keeper, onVariant });
    const variant = augment(image);
    const pixels = variant.dataSync();
    variant.dispose();
    return { augment, pixels, record: JSON.parse(JSON.stringify(records[0])) as VariantRecord };
  };

  it('is of another model than in the other, which says so', () => {
    expect([exact.precision, whole.precision]).to.deep.equal([undefined, 'int8']);
    expect(whole.digest).to.match(new RegExp(`^${exact.digest}-int8-[0-9a-f]{8}$`));
    expect(variantBy(exact).pixels).to.not.deep.equal(variantBy(whole).pixels);
  });

  const orders = [
    ['float32', 'int8'],
    ['int8', 'float32'],
  ] as const;
  for (const [name, make] of Object.entries(KEEPERS)) {
    for (const [first, second] of orders) {
      it(`is not taken for ${second} where ${first} filled ${name}`, () => {
        const models = { float32: exact, int8: whole };
        const keeper = make(path('kept'));
        const alone = variantBy(models[second], { ...make(path('fresh')) });
        variantBy(models[first], keeper);
        expect(variantBy(models[second], keeper).pixels).to.deep.equal(alone.pixels);
        keeper.cache?.dispose?.();
        if (typeof keeper.bank === 'object') keeper.bank.dispose?.();
      });
    }
  }

  it('is a record that makes the same again there, and is refused elsewhere', async () => {
    const { record, pixels } = variantBy(whole);
    const again = await replay(whole, record, image);
    expect(again.dataSync()).to.deep.equal(pixels);
    again.dispose();
    for (const [model, own] of [
      [exact, record],
      [whole, variantBy(exact).record],
    ] as const) {
      const error = await rejection(replay(model, own, image));
      expect(error).to.have.property('code', 'bad-record');
      expect(error.message).to.match(/-int8-/);
    }
  });

  it('is a state that the other does not take up', () => {
    const state = variantBy(exact).augment.state();
    expect(() => variantBy(whole).augment.restore(state))
      .to.throw(/-int8-/)
      .with.property('code', 'bad-state');
  });
});

describe('the option --precision', () => {
  const path = scratchFolder();

  const sample = async (...argv: string[]) => {
    mkdirSync(path(), { recursive: true });
    await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a84' } }).toFile(path('a.png'));
    const model = ['--model', writeCheckpoint(path('model')), '--backend', 'wasm'];
    const way = ['--strength', '0.5', '--variants', '1', '--steps', '3', '--json', '--out', join(path(), 'out.png')];
    return runInProcess(['sample', path('a.png'), ...model, ...way, ...argv]);
  };

  it('makes other variants in int8, and says what made them', async () => {
    const [exact, whole] = [await sample(), await sample('--precision', 'int8')];
    expect([exact.status, whole.status], exact.stderr + whole.stderr).to.deep.equal([0, 0]);
    expect(exact.stderr).to.match(/^engine: onnx$/m);
    expect(whole.stderr).to.match(/^engine: onnx, int8$/m);
    const distance = ({ stdout }: { stdout: string }): number => JSON.parse(stdout).rows[0].distance;
    expect(distance(whole)).to.not.equal(distance(exact));
    expect(distance(whole) / distance(exact)).to.be.within(0.8, 1.25);
  });

  it('is refused in one line where it is none, or cannot be had', async () => {
    for (const [code, ...argv] of [
      ['unknown-precision', '--precision', 'int4'],
      ['bad-precision', '--precision', 'int8', '--engine', 'tfjs'],
    ] as const) {
      const { status, stdout, stderr } = await sample(...argv);
      expect({ status, stdout, lines: stderr.trim().split('\n').length }).to.deep.equal({
        status: 2,
        stdout: '',
        lines: 1,
      });
      expect(stderr).to.include(code);
    }
  });
});
