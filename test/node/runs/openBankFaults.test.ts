import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openBank } from '../../../src/node/runs/openBank.ts';
import { boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../../src/transforms/boomerang/options.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { saidWhile } from '../../support/said.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { grey, runOf, WAY } from './drawn.ts';
import { elementOf, type MakingRun, makeRun } from './madeRun.ts';

const model = gaussianModel();

describe('a run that is not as it should be', () => {
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

  it('opens no run without a sample', async () => {
    const one = { ...grey, images: grey.images.slice(0, 1), classes: [''], broken: 0 };
    const error = await rejection((async () => openBank((await made({ given: one })).dest))());
    expect(error.message).to.match(/has no sample: 1 images failed, 000.png for one/);
    expect(error.code).to.equal('no-samples');
    await saidWhile(async () => {
      const none = await made({ missing: Number.POSITIVE_INFINITY, place: scratch('none') });
      expect((await rejection(openBank(none.dest, { partial: true }))).message).to.match(/no sample yet/);
    });
  });

  it('says which image the run could not make', async () => {
    const { dest } = await made({ given: { ...grey, broken: 0 } });
    const bank = await openBank(dest);
    expect(bank.count).to.equal(5);
    const error = await refusal(dest, {});
    expect(error.message).to.match(/of which 1 failed/);
  });

  type Json = { samples: { place: number; shape: number[] }[]; failed: unknown[] };
  const change = (path: string, edit: (json: Json) => void): void => {
    const json = JSON.parse(readFileSync(path, 'utf8')) as Json;
    edit(json);
    writeFileSync(path, JSON.stringify(json));
  };

  it('says why the run could not make one variant of an image, and has the other', async () => {
    const { dest } = await made();
    const failed = { place: 0, name: 'ant/000.png', why: 'not a number' };
    change(join(dest, 'shards/00000000-v0.json'), ({ samples }) => void samples.shift());
    change(join(dest, 'index.json'), (index) => void index.failed.push(failed));
    const error = await refusal(dest, {});
    expect(error.message).to.match(/could not make variants of ant\/000.png: not a number/);
    expect((await openBank(dest)).count).to.equal(5);
  });

  it('says which file is damaged, and how', async () => {
    const { dest } = await made();
    const [tar] = readdirSync(join(dest, 'data')) as [string];
    const path = join(dest, 'data', tar);
    const bytes = readFileSync(path);
    const damages: readonly (readonly [() => void, RegExp])[] = [
      [() => writeFileSync(path, bytes.with(512 + 45, 99)), /CRC|crc/],
      [() => truncateSync(path, 560), /it ends too early/],
      [() => rmSync(path), /it is not there/],
    ];
    for (const [damage, words] of damages) {
      damage();
      const error = await refusal(dest, { seed: 'r' });
      expect(error.message).to.match(words).and.to.include(tar);
      expect(error.code).to.equal('damaged-run');
    }
  });

  it('says which record is damaged, and how', async () => {
    const { dest } = await made();
    const record = join(dest, 'shards/00000002-v1.json');
    const read = async () =>
      (await openBank(dest)).dataset({ draw: 'all' }).forEachAsync((element) => tf.dispose(element));
    change(record, ({ samples }) => void samples[0]?.shape.splice(0, 1, 5));
    expect((await rejection(read())).message).to.match(/a picture of 5 x 4 x 1 has 16 values/);
    change(record, ({ samples }) => void samples.shift());
    expect((await rejection(read())).message).to.match(/the shard 00000002-v1 .* no sample of image 2/);
    writeFileSync(record, '{');
    const error = await rejection(read());
    expect(error.message).to.match(/cannot read shards\/00000002-v1.json in .*: it is no JSON/);
    expect(error.code).to.equal('damaged-run');
  });
});
