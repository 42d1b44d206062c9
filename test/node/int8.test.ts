import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, BoomerangError } from '../../src/errors.ts';
import type { Model } from '../../src/models/model.ts';
import { openFolder } from '../../src/node/folder.ts';
import { type LoadOptions, loadModel } from '../../src/node/loadModel.ts';
import { openOnnxDiffusers } from '../../src/node/onnx/openOnnxDiffusers.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { dream } from '../../src/returns/dream.ts';
import { drive } from '../../src/returns/drive.ts';
import { loadModel as loadInBrowser } from '../../src/web/loadModel.ts';
import { startFiles } from '../support/fileServer.ts';
import { graphFiles, writeModel } from '../support/foreignModels.ts';
import { ldmFiles, stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { saidWhile, toldWhile } from '../support/said.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { CONFIG, STORES, type Store, writeCheckpoint } from './onnxCheckpoint.ts';
import { writeForeign } from './onnxForeign.ts';

const FASHION = join(root, 'models/fashion-28');
const INT8 = { precision: 'int8', sessions: 1 } as const;

const rms = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(() => tf.sqrt(tf.mean(tf.squaredDifference(a, b))).dataSync()[0] ?? Number.NaN);

/** Opens a folder in both precisions for a while. */
const inBoth = async (folder: string, use: (exact: Model, whole: Model) => unknown): Promise<void> => {
  const [exact, whole] = [await loadModel(folder, { sessions: 1 }), await loadModel(folder, INT8)];
  try {
    await use(exact, whole);
  } finally {
    exact.dispose();
    whole.dispose();
  }
};

describe('a model in int8', () => {
  const path = scratchFolder();

  it('returns images that differ by less than 5 % of the distance thrown, trained weights', () =>
    expectNoLeak(() =>
      inBoth(FASHION, async (exact, whole) => {
        const images = tf.tidy(() =>
          tf.clipByValue(drive(dream(exact, { count: 16, steps: 8, seed: 'images' })), -1, 1),
        );
        const shown = tf.tidy(() => tf.div(tf.add(images, 1), 2)) as tf.Tensor4D;
        for (const strength of [0.2, 0.4, 0.5]) {
          const way = { strength, seed: 'a' };
          const [wanted, got] = [await boomerang(exact, shown, way), await boomerang(whole, shown, way)];
          const share = rms(got, wanted) / rms(wanted, shown);
          expect(share, `strength ${strength}`).to.be.within(0.001, 0.05); // and is no float32 in disguise
          tf.dispose([wanted, got]);
        }
        tf.dispose([images, shown]);
      }),
    ));

  it('makes the same of an image in any batch', () =>
    expectNoLeak(async () => {
      const model = await loadModel(FASHION, { precision: 'int8' });
      const images = tf.randomUniform<tf.Rank.R4>([5, 28, 28, 1], 0, 1, 'float32', 'images');
      const all = await boomerang(model, images, { strength: 0.4, seed: 'a' });
      for (let n = 0; n < 5; n += 1) {
        const one = tf.slice(images, [n, 0, 0, 0], [1, 28, 28, 1]);
        const [alone, among] = [
          await boomerang(model, one, { strength: 0.4, seed: 'a' }),
          tf.slice(all, [n, 0, 0, 0], [1, 28, 28, 1]),
        ];
        expect(alone).to.be.tensorCloseTo(among, 1e-5);
        tf.dispose([one, alone, among]);
      }
      tf.dispose([images, all]);
      model.dispose();
    }));

  for (const [stored, store] of Object.entries(STORES).filter(([name]) => name !== 'F8_E5M2')) {
    it(`may have its weights stored as ${stored}`, () =>
      expectNoLeak(() =>
        inBoth(writeCheckpoint(path('model'), { store, change: { num_class_embeds: 5 } }), (exact, whole) => {
          const x = tf.randomNormal<tf.Rank.R4>([4, 8, 8, 3], 0, 1, 'float32', 7);
          const [wanted, got] = [exact.predict(x, 300, 2), whole.predict(x, 300, 2)];
          const nothing = tf.zerosLike(x);
          expect(rms(got, wanted) / rms(wanted, nothing)).to.be.within(1e-4, 0.1);
          tf.dispose([x, wanted, got, nothing]);
        }),
      ));
  }

  it('encodes as in float32 where it walks in latents, and walks otherwise', () =>
    expectNoLeak(() =>
      inBoth(writeFiles(path('model'), ldmFiles()), (exact, whole) => {
        const images = tf.randomUniform<tf.Rank.R4>([2, ...exact.imageShape], -1, 1, 'float32', 'images');
        const [wanted, got] = [exact.encode(images), whole.encode(images)];
        expect(got).to.be.tensorCloseTo(wanted, 0);
        const [far, near] = [exact.predict(wanted, 300), whole.predict(wanted, 300)];
        expect(rms(near, far)).to.be.above(0);
        tf.dispose([images, wanted, got, far, near]);
      }),
    ));
});

describe('the ranges of a model in int8', () => {
  const path = scratchFolder();
  const open = async (folder: string) => {
    const told = await toldWhile(async () => {
      const model = await openOnnxDiffusers(await openFolder(folder), INT8, path('cache'));
      digests.push(model.digest);
      model.dispose();
    });
    return told.filter((line) => line.includes('measuring for int8')).length;
  };
  let digests: string[] = [];
  beforeEach(() => {
    digests = [];
  });

  const keptFile = (): string => {
    const [folder = ''] = readdirSync(path('cache'));
    const [name = '', ...others] = readdirSync(join(path('cache'), folder)).filter((file) =>
      file.startsWith('ranges-'),
    );
    expect(others).to.deep.equal([]);
    return join(path('cache'), folder, name);
  };

  it('are measured once, which is said, and found again', async () => {
    const folder = writeCheckpoint(path('model'));
    expect([await open(folder), await open(folder)]).to.deep.equal([1, 0]);
    expect(new Set(digests).size).to.equal(1);
  });

  const damages: readonly (readonly [string, (kept: string) => string])[] = [
    ['empty', () => ''],
    ['cut off', (kept) => kept.slice(0, 40)],
    ['of another kind', () => '[]'],
    ['without ranges', (kept) => JSON.stringify({ ...JSON.parse(kept), ranges: [] })],
    ['changed in one digit', (kept) => kept.replace(/(\d)(?=[,\]])/, (digit) => String((Number(digit) + 1) % 10))],
  ];
  for (const [title, damage] of damages) {
    it(`are measured anew when their file is ${title}`, async () => {
      const folder = writeCheckpoint(path('model'));
      await open(folder);
      const kept = readFileSync(keptFile(), 'utf8');
      expect(damage(kept)).to.not.equal(kept);
      writeFileSync(keptFile(), damage(kept));
      expect([await open(folder), await open(folder)]).to.deep.equal([1, 0]);
      expect(readFileSync(keptFile(), 'utf8')).to.equal(kept);
      expect(new Set(digests).size).to.equal(1);
    });
  }

  it('are measured anew for other weights', async () => {
    const folder = writeCheckpoint(path('model'));
    await open(folder);
    writeCheckpoint(path('model'), { store: (data) => ({ dtype: 'F32', data: data.map((value) => value * 1.1) }) });
    expect(await open(folder)).to.equal(1);
    expect(new Set(digests).size).to.equal(2);
  });
});

describe('a network that int8 does not suit', () => {
  const path = scratchFolder();

  /** One channel of every large convolution is far louder than the others, which 8 bits for both cannot hear. */
  const lopsided: Store = (data) => {
    const loud = data.length >= 2304 ? data.length / 16 : 0;
    return { dtype: 'F32', data: data.map((value, n) => (n < loud ? 3000 * value : value)) };
  };

  it('is said to be one, whenever it is opened, and others are not', async () => {
    for (const [store, warnings] of [
      [lopsided, 2],
      [STORES.F32, 0],
    ] as const) {
      const folder = await openFolder(writeCheckpoint(path('model'), { store }));
      const said = await saidWhile(async () => {
        for (let n = 0; n < 2; n += 1) (await openOnnxDiffusers(folder, INT8, path('cache'))).dispose();
      });
      expect(said.filter((line) => /differ from float32 by \d+ %; .*leave precision out/.test(line))).to.have.length(
        warnings,
      );
    }
  });
});

describe('int8 is refused in one line', () => {
  const path = scratchFolder();
  const narrow = { ...CONFIG, block_out_channels: [8, 8] };
  const cases: readonly (readonly [string, string, RegExp, () => string | Promise<string>, LoadOptions?])[] = [
    ['with the engine tfjs', 'bad-precision', /engine says tfjs; leave/, () => FASHION, { engine: 'tfjs' }],
    ['on a GPU', 'bad-precision', /device says webgpu; leave/, () => FASHION, { device: 'webgpu' }],
    ['for an ONNX file', 'bad-precision', /net\.onnx is a model in one file/, () => writeForeign(path('net.onnx'))],
    [
      'for a model of TensorFlow.js',
      'bad-precision',
      /model\.json is a model in one file/,
      () => {
        writeModel(path('face'), graphFiles(), { schedule: { num_train_timesteps: 100 }, prediction: 'epsilon' });
        return path('face/model.json');
      },
    ],
    [
      'for a network that takes text',
      'bad-precision',
      /takes prompts/,
      async () => writeFiles(path('model'), await stableFiles()),
    ],
    [
      'for a network that cannot walk',
      'bad-model',
      /as many output channels/,
      () => writeCheckpoint(path('model'), { change: { out_channels: 6 } }),
    ],
    [
      'for a network that is narrow throughout',
      'bad-precision',
      /no convolution .* 16 channels/,
      () => writeCheckpoint(path('model'), { change: narrow }),
    ],
  ];
  for (const [title, code, words, place, options = {}] of cases) {
    it(title, () =>
      expectNoLeak(async () => {
        const error = await rejection(loadModel(await place(), { precision: 'int8', ...options }));
        expect(error, error.message).to.be.instanceOf(BoomerangError).with.property('code', code);
        expect(error.message).to.match(words).and.not.include('\n');
      }),
    );
  }

  it('at an address, and in a browser', async () => {
    const server = await startFiles(ldmFiles());
    try {
      const error = await rejection(loadModel(server.base, { precision: 'int8' }));
      expect(error).to.have.property('code', 'bad-precision');
      expect(error.message).to.match(/on this disk, and http.* is an address; leave/);
    } finally {
      await server.close();
    }
    const inBrowser = await rejection(loadInBrowser('http://localhost/x', { precision: 'int8' } as never));
    expect(inBrowser).to.have.property('code', 'unknown-option');
  });

  it('where it is no precision at all', async () => {
    const error = await rejection(loadModel(FASHION, { precision: 'int4' as never }));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'unknown-precision');
    expect(error.message).to.match(/"int4".*float32, float16, int8/);
  });
});
