import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { imageKey } from '../../../src/tensors/imageKey.ts';
import { toModelRange } from '../../../src/tensors/range.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { saidWhile } from '../../support/said.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { bytesOf, grey, runOf, WAY } from './drawn.ts';
import { elementOf, type MakingRun, makeRun, pictures } from './madeRun.ts';

const model = gaussianModel();

/** Names that begin as the bank's do, and go on otherwise. */
const keysLike = (xs: tf.Tensor): string[] => {
  const [count = 0, ...shape] = xs.shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const values = toModelRange(xs.dataSync(), '0..255');
  const keys = Array.from({ length: count }, (_, n) => imageKey(values.slice(n * size, (n + 1) * size)));
  return keys.map((key) => `${key.slice(0, 16)}${'0'.repeat(16)}`);
};

describe('a bank that has not got a variant', () => {
  const scratch = scratchFolder();
  const made = (changes: Partial<MakingRun> = {}) =>
    makeRun(scratch, { given: grey, model, ...runOf(), ...changes } as MakingRun);

  /** What an augmenter with this bank says to the pictures of the run. */
  const refusal = async (dest: string, changes: Partial<AugmentOptions>, given = grey, partial = false) => {
    const augment = boomerangAugment({ model, ...WAY, bank: await openBank(dest, { partial }), ...changes });
    const epochs = (): void => {
      for (const epoch of [0, 1, 2, 3]) {
        augment.setEpoch(epoch);
        const element = elementOf(given);
        tf.dispose([augment(element), element]);
      }
    };
    return rejection((async () => epochs())());
  };

  const differences: Readonly<Record<string, readonly [Partial<AugmentOptions>, RegExp]>> = {
    'another seed': [{ seed: 7 }, /made with the seed "r", and the augmenter has 7/],
    'another strength': [
      { strength: 0.6 },
      /otherwise, with \{"strength":0.5,"steps":2\}, .* asks for 2 steps of dpm\+\+2m/,
    ],
    'other steps': [{ steps: 3 }, /asks for 3 steps/],
    'another solver': [{ solver: 'heun' }, /steps of heun/],
    'another model': [
      { model: { ...model, digest: 'other' } },
      /is of model gaussian-0.35, and the augmenter has other/,
    ],
    'names of your own': [{ keys: () => grey.images.map((_, n) => n) }, /"0" was named or changed.*leave out keys/],
    'names that begin like those of pixels': [
      { keys: (element) => keysLike((element as { xs: tf.Tensor }).xs) },
      /was named or changed/,
    ],
    'filters of your own': [{ distance: { min: 0.9 } }, /filters want another variant.*\{ tries: 1 \}/],
  };
  for (const [name, [changes, words]] of Object.entries(differences)) {
    it(`says what differs: ${name}`, async () => {
      const { dest } = await made();
      const error = await refusal(dest, changes);
      expect(error.message).to.match(words);
      expect(error.code).to.equal('not-in-bank');
    });
  }

  it('says that an image is none of its data', async () => {
    const { dest } = await made();
    const error = await refusal(dest, {}, pictures(7, [4, 4, 1], ['ant', 'bee']));
    expect(error.message).to.match(/has no image [0-9a-f]{32}: it is of 6 images/);
    expect(error.code).to.equal('not-in-bank');
  });

  it('leaves images as they are that a filter of your own refuses, with { tries: 1 }', async () => {
    const { dest } = await made();
    const augment = boomerangAugment({ model, ...WAY, bank: await openBank(dest), distance: { min: 0.9 }, tries: 1 });
    const element = elementOf(grey);
    expect(bytesOf(augment(element))).to.deep.equal(bytesOf(element));
    tf.dispose(element);
  });

  it('takes nothing in', async () => {
    const { dest } = await made();
    const bank = await openBank(dest);
    expect(() => bank.put('', new Float32Array(1)))
      .to.throw(/takes no more/)
      .with.property('code', 'not-in-bank');
  });

  it('refuses a run that is not finished, unless told, and then says what is missing', async () => {
    const { dest } = await made({ missing: 1 });
    const error = await rejection(openBank(dest));
    expect(error.message).to.match(/not finished: 1 of its 6 shards are missing, the first is 00000004-v1/);
    expect(error.code).to.equal('unfinished-run');
    const said = await saidWhile(async () => {
      const bank = await openBank(dest, { partial: true });
      expect(bank.count).to.equal(4);
    });
    expect(said.join()).to.match(/1 of its 6 shards are missing/);
    let absent: Error | undefined;
    await saidWhile(async () => {
      absent = await refusal(dest, {}, grey, true);
    });
    expect(absent?.message).to.match(/not finished, and has no variant 1 of the image at place [45]/);
  });

  it('opens nothing but a run', async () => {
    const empty = await rejection(openBank(scratch('nothing')));
    expect(empty.code).to.equal('bad-destination');
    writeFileSync(scratch('x'), '');
    expect((await rejection(openBank(scratch()))).code).to.equal('no-such-run');
    const { dest, plan } = await made();
    writeFileSync(join(dest, 'run.json'), JSON.stringify({ ...plan, version: 2 }));
    expect((await rejection(openBank(dest))).code).to.equal('unknown-version');
    expect((await rejection(openBank(dest, { part: 1 } as never))).code).to.equal('unknown-option');
  });
});
