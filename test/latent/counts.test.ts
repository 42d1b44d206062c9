import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { memoryCache } from '../../src/caches/cache.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { readTokenizerFiles } from '../../src/checkpoints/tokenizerFiles.ts';
import type { Model } from '../../src/models/model.ts';
import { openTextEncoder } from '../../src/models/openTextEncoder.ts';
import { makeTextSpace } from '../../src/models/textSpace.ts';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { makeTokenizer, promptRow } from '../../src/text/tokenizer.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { stableFiles } from '../support/latentPipeline.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { counted, KINDS, labelled, openTiny, TOLD } from './tiny.ts';

const COUNT = 3;

describe('a latent model is asked no more than it must be:', () => {
  const scratch = scratchFolder();
  const KEEPING: Readonly<Record<string, () => Partial<AugmentOptions>>> = {
    'by itself': () => ({}),
    'in memory': () => ({ cache: memoryCache() }),
    'on disk': () => ({ cache: diskCache(scratch('cache'), { maxBytes: 1e7 }) }),
    'beside a bank': () => ({ bank: 3 }),
    'beside a bank, on disk': () => ({ bank: 3, cache: diskCache(scratch('cache'), { maxBytes: 1e7 }) }),
    'for throws that are used again': () => ({ reuse: 2, branch: 0.5, eta: 1 }),
  };
  for (const kind of KINDS) {
    for (const [title, keeping] of Object.entries(KEEPING)) {
      it(`${kind}, images that are kept ${title} are encoded once, whatever the epoch and variant`, () =>
        expectNoLeak(async () => {
          const plain = await openTiny(kind);
          const model = counted(plain);
          const batch = labelled(COUNT, model);
          const kept = keeping();
          const options: AugmentOptions = { model, seed: 1, strength: 0.5, steps: 2, ...TOLD[kind], ...kept };
          const augment = boomerangAugment({ ...options, tries: 2, distance: { max: 1e-6 } }); // the second is tried, too
          for (const epoch of [0, 1, 2]) {
            augment.setEpoch(epoch);
            await (epoch === 1 ? augment.async(batch) : augment(batch));
          }
          expect(augment.stats().encodings).to.equal(COUNT);
          expect(model.calls.encoded).to.deep.equal([COUNT]);
          expect(augment.stats().rejected).to.be.above(COUNT);
          if (kept.cache) {
            const later = boomerangAugment({ ...options, seed: 2 }); // of another run
            const made = later(batch);
            expect(later.stats().encodings).to.equal(0);
            made.xs.dispose();
          }
          kept.cache?.dispose?.();
          tf.dispose([batch.xs, batch.ys]);
          plain.dispose();
        }));
    }
  }

  for (const [guidance, rows] of [
    [1, COUNT],
    [3, 2 * COUNT],
  ] as const) {
    it(`with guidance ${guidance} the network is asked once in each step, for ${rows} images at once`, () =>
      expectNoLeak(async () => {
        const plain = await openTiny('stable');
        const model = counted(plain);
        const { xs, ys } = labelled(COUNT, model);
        const told = { prompt: 'a cat', guidance };
        const way = { seed: 1, strength: 0.5, steps: 4, solver: 'ddim', ...told };
        const variants = await boomerang(model, xs, way);
        expect(model.calls).to.deep.equal({ networks: [rows, rows, rows, rows], encoded: [COUNT], decoded: [COUNT] });
        const augment = boomerangAugment({ model, ...way });
        const made = augment({ xs, ys });
        expect(augment.stats().evaluations).to.equal(4 * rows);
        expect(made.xs).to.be.tensorCloseTo(variants, 1e-5);
        tf.dispose([xs, ys, made.xs, variants]);
        plain.dispose();
      }));
  }
});

describe('a prompt', () => {
  /** The text encoder of a small pipeline, and how many texts each of its calls was for. */
  const openText = async () => {
    const { text, ...model } = (await openTiny('stable')) as Model & { text: NonNullable<Model['text']> };
    const tokenizer = makeTokenizer(await readTokenizerFiles(memoryFolder('text', await stableFiles())));
    const rows: number[] = [];
    const encoder = await openTextEncoder(memoryFolder('text', await stableFiles()));
    const run = ({ ids }: Readonly<Record<string, tf.Tensor>>) => {
      rows.push(ids?.shape[0] ?? 0);
      return encoder.encode(ids?.arraySync() as number[][]);
    };
    const space = makeTextSpace({
      tokenize: (prompt) => promptRow(tokenizer, prompt),
      encoder: { engine: 'tfjs', run, runAsync: async (inputs) => tf.nextFrame().then(() => run(inputs)), ...encoder },
      tokens: text.tokens,
      width: text.width,
    });
    return { space, own: text, rows, dispose: () => [model.dispose(), space.release()] };
  };

  it('goes through the text encoder once, in batches, whoever asks and how', () =>
    expectNoLeak(async () => {
      const { space, own, rows, dispose } = await openText();
      const many = Array.from({ length: 20 }, (_, n) => `a photo of ${n}`);
      const waiting = [space.embedAsync(many), space.embedAsync([...many, 'a cat']), space.embedAsync(['a cat', ''])];
      const [first, second, third] = await Promise.all(waiting);
      expect(rows).to.deep.equal([16, 4, 1, 1]);
      expect(second?.slice(0, 20)).to.deep.equal(first);
      expect(second?.[20]).to.equal(third?.[0]);
      expect(space.embed(['', 'a cat', 'a cat'])).to.deep.equal([third?.[1], third?.[0], third?.[0]]);
      expect(rows).to.have.length(4);
      expect(space.embed(['a dog', 'a dog'])).to.deep.equal(own.embed(['a dog', 'a dog']));
      expect(rows.slice(4)).to.deep.equal([1]);
      dispose();
    }));

  it('that was met before the text encoder was released is known still, another one is refused', () =>
    expectNoLeak(async () => {
      const model = await openTiny('stable');
      const batch = labelled(1, model);
      const way = { seed: 1, strength: 0.4, steps: 2 };
      const before = await boomerang(model, batch.xs, { ...way, prompt: 'a cat' });
      model.text?.release();
      model.text?.release();
      const after = await boomerang(model, batch.xs, { ...way, prompt: 'a cat' });
      expect(after).to.be.tensorCloseTo(before, 0);
      const late = await rejection(boomerang(model, batch.xs, { ...way, prompt: 'a dog' }));
      expect(late).to.have.property('code', 'text-released');
      expect(late.message).to.match(/"a dog" is not among the prompts/);
      const now = boomerangAugment({ model, ...way, prompt: 'a dog' });
      expect(() => now(tf.clone(batch.xs)))
        .to.throw()
        .with.property('code', 'text-released');
      const still = await boomerang(model, batch.xs, { ...way, strength: 0, roundTrip: true, prompt: 'a dog' });
      tf.dispose([before, after, still, batch.xs, batch.ys]);
      model.dispose();
    }));
});
