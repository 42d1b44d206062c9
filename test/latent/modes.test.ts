import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import type { Model } from '../../src/models/model.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import type { AugmentOptions } from '../../src/transforms/boomerang/options.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import { gaussianImages } from '../support/gaussianModel.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { KINDS, type Labelled, labelled, openTiny, TOLD } from './tiny.ts';

const COUNT = 4;

for (const kind of KINDS) {
  describe(`an augmenter of a latent model (${kind})`, () => {
    let model: Model;
    let batch: Labelled;
    before(async () => {
      model = await openTiny(kind);
      batch = labelled(COUNT, model);
    });
    after(() => {
      tf.dispose([batch.xs, batch.ys]);
      model.dispose();
    });
    const way = (more: Partial<AugmentOptions> = {}): AugmentOptions => ({
      ...{ model, seed: 'm', strength: 0.5, steps: 3, ...TOLD[kind] },
      ...more,
    });
    const row = (xs: tf.Tensor4D, n: number): tf.Tensor4D => tf.slice(xs, [n, 0, 0, 0], [1, -1, -1, -1]);
    const stays = (xs: tf.Tensor4D, n: number): boolean =>
      tf.tidy(() => tf.max(tf.abs(tf.sub(row(xs, n), row(batch.xs, n)))).dataSync()[0] === 0);

    it('makes what boomerang makes, and pairs of both where it is asked to', () =>
      expectNoLeak(async () => {
        const made = boomerangAugment(way())(batch);
        const { labels: _, ...told } = TOLD[kind];
        const prompt =
          kind === 'stable'
            ? Array.from({ length: COUNT }, (_, n) => `a photo of a ${n % 2 ? 'red car' : 'cat'}`)
            : undefined;
        const one = await boomerang(model, batch.xs, { seed: 'm', strength: 0.5, steps: 3, ...told, prompt } as never);
        expect(one).to.be.tensorCloseTo(made.xs, 1e-5);
        const pair = boomerangAugment(way({ mode: 'pair' }))(batch) as unknown as {
          xs: Record<'clean' | 'variant', tf.Tensor>;
        };
        expect(pair.xs.clean).to.equal(batch.xs);
        expect(pair.xs.variant).to.be.tensorCloseTo(made.xs, 1e-5);
        tf.dispose([made.xs, one, pair.xs.variant]);
      }));

    it('softens the labels of what it threw, leaves images out that are not selected, and keeps what a classifier knows', () =>
      expectNoLeak(() => {
        const selects = boomerangAugment(way({ select: { share: 0.5 }, softLabels: { gamma: 0.5 }, labels: 'ys' }));
        const oneHot = tf.oneHot(batch.ys, 2);
        const made = selects({ xs: batch.xs, ys: oneHot });
        const soft = made.ys.arraySync() as number[][];
        const changed = soft.map((_, n) => !stays(made.xs, n));
        expect(new Set(changed)).to.deep.equal(new Set([true, false]));
        for (const [n, isChanged] of changed.entries())
          expect(Math.max(...(soft[n] as number[])) < 1, `${n}`).to.equal(isChanged);
        const asked: number[] = [];
        const first = (images: tf.Tensor): tf.Tensor => {
          asked.push(images.shape[0] as number);
          return tf.tidy(() => tf.tile(tf.tensor2d([[1, 0]]), [images.shape[0] as number, 1]));
        };
        const keeps = boomerangAugment(
          way({ keep: { classifier: first as never, minProbability: 0.5 }, labels: 'ys', tries: 2 }),
        );
        const kept = keeps(batch);
        for (let n = 0; n < COUNT; n += 1) expect(stays(kept.xs, n), `${n}`).to.equal(n % 2 === 1);
        expect(asked).to.deep.equal([COUNT, COUNT / 2]);
        tf.dispose([oneHot, made.xs, made.ys, kept.xs]);
      }));

    it('goes with classical changes before and behind it', () =>
      expectNoLeak(() => {
        const parts = () =>
          [classical({ seed: 1, flip: true }), boomerangAugment(way()), classical({ seed: 2, shift: 1 })] as const;
        const made = compose(...parts())(batch);
        const [before, middle, behind] = parts();
        const alone = boomerangAugment(way())(batch);
        expect(made.xs.shape).to.deep.equal(batch.xs.shape);
        expect(made.xs).to.not.be.tensorCloseTo(alone.xs, 1e-3);
        const again = compose(before, middle, behind)(batch);
        expect(again.xs).to.be.tensorCloseTo(made.xs, 0);
        tf.dispose([made.xs, alone.xs, again.xs]);
      }));

    it('makes copies in a data set, each another variant, the same in each run', () =>
      expectNoLeak(async () => {
        const elements = () =>
          data
            .array([0, 1, 2])
            .map((n) => ({ xs: row(batch.xs, n as number), ys: tf.slice(batch.ys, n as number, 1) }));
        const { bank: _, ...options } = way();
        const run = async (): Promise<number[][]> => {
          const augmented = augmentDataset(elements() as never, { ...options, mode: 'append', copies: 2 });
          const made = (await augmented.toArray()) as { xs: tf.Tensor }[];
          expect(augmented.stats().encodings, 'images encoded').to.equal(3);
          const values = made.map(({ xs }) => Array.from(xs.dataSync()));
          tf.dispose(made as never);
          return values;
        };
        const [first, second] = [await run(), await run()];
        expect(first).to.have.length(9);
        expect(new Set(first.map(String)).size).to.equal(9);
        for (const [n, values] of first.entries()) {
          expect(
            Math.max(...values.map((value, i) => Math.abs(value - ((second[n] as number[])[i] as number)))),
            `${n}`,
          ).to.be.below(1e-5);
        }
      }));

    for (const fit of ['resize', 'detail'] as const) {
      it(`takes images of another size with fit ${fit}`, () =>
        expectNoLeak(() => {
          const large = gaussianImages(2, { ...model, imageShape: [24, 20, 3] });
          const made = boomerangAugment(way({ fit }))({ xs: large, ys: tf.tidy(() => tf.slice(batch.ys, 0, 2)) });
          expect(made.xs.shape).to.deep.equal([2, 24, 20, 3]);
          expect(made.xs).to.not.be.tensorCloseTo(large, 1e-3);
          const values = made.xs.dataSync();
          expect(values.every((value) => value >= 0 && value <= 1)).to.equal(true);
          tf.dispose([large, made]);
        }));
    }
  });
}
