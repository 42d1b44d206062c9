import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { adaptive } from '../../src/schedules/adaptive.ts';
import { augmentDataset } from '../../src/transforms/augmentDataset.ts';
import { boomerangAugment } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { slowLearners } from '../../src/transforms/boomerang/slowLearners.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import type { Transform } from '../../src/transforms/transform.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile } from '../support/said.ts';

const model = gaussianModel();
const COUNT = 12;
type Labelled = { xs: tf.Tensor3D; ys: tf.Tensor };

const images = (): data.Dataset<Labelled> =>
  data.array(Array.from({ length: COUNT }, (_, n) => n)).map((n) => ({
    xs: tf.fill([4, 4, 1], 0.3 + 0.02 * n),
    ys: tf.scalar(n % 2),
  })) as unknown as data.Dataset<Labelled>;

const network = (): layers.Sequential => {
  const net = layers.sequential({
    layers: [layers.layers.flatten({ inputShape: [4, 4, 1] }), layers.layers.dense({ units: 1 })],
  });
  net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return net;
};

const options = { model, strength: 0.3, steps: 1, seed: 'a' };

describe('the epoch of an element', () => {
  it('is that of the pass that fetched it, however far ahead, with repeat, batches and prefetching', async () => {
    const epochs: number[] = [];
    const augmented = augmentDataset(images(), { ...options, onVariant: ({ epoch }) => epochs.push(epoch) });
    const net = network();
    await net.fitDataset(augmented.repeat(3).batch(3).prefetch(4), { epochs: 3, batchesPerEpoch: 4, verbose: 0 });
    expect(epochs).to.deep.equal([0, 1, 2].flatMap((epoch) => new Array(COUNT).fill(epoch)));
    net.dispose();
  });

  it('is that of the pass for any transform, such as compose makes', async () => {
    const [one, other] = [0, 1].map(() => compose(boomerangAugment(options), classical({ seed: 1, shift: 1 })));
    const passes: number[][] = [];
    const dataset = augmentDataset(images(), one as Transform);
    for (let pass = 0; pass < 2; pass += 1) {
      const values: number[] = [];
      await dataset.forEachAsync(({ xs }) => {
        values.push(...xs.dataSync());
      });
      passes.push(values);
    }
    (other as Transform).setEpoch(1);
    const second: number[] = [];
    await images()
      .map(other as Transform)
      .forEachAsync((element) => {
        second.push(...(element as Labelled).xs.dataSync());
      });
    expect(passes[1]).to.deep.equal(second);
    expect(passes[0]).to.not.deep.equal(second);
    expect(dataset.size).to.equal(COUNT);
  });

  it('cannot be known behind repeat and prefetch, which is said, and augmentDataset named', async () => {
    const augment = boomerangAugment({
      ...options,
      keys: (
        (n) => () =>
          n++
      )(0),
    });
    const net = network();
    const said = await saidWhile(() =>
      net.fitDataset(images().repeat(3).map(augment).batch(3).prefetch(2), {
        epochs: 3,
        batchesPerEpoch: 4,
        verbose: 0,
        callbacks: augment.callback() as layers.CustomCallbackArgs,
      }),
    );
    expect(said.join('\n')).to.match(/epoch \d was trained on \d+ images that were made in the epoch before it/);
    expect(said.join('\n')).to.match(/augmentDataset/);
    net.dispose();
  });

  it('is right, and nothing is said, where passes end with epochs, with prefetching, shuffling and small last batches', async () => {
    const augment = boomerangAugment(options);
    const net = network();
    const said = await saidWhile(() =>
      net.fitDataset(images().map(augment).shuffle(5, '1').batch(5, false).prefetch(2), {
        epochs: 3,
        verbose: 0,
        callbacks: augment.callback() as layers.CustomCallbackArgs,
      }),
    );
    expect(said).to.deep.equal([]);
    expect(augment.stats().epochs.map(({ epoch, images: count }) => [epoch, count])).to.deep.equal([
      [0, COUNT],
      [1, COUNT],
      [2, COUNT],
    ]);
    net.dispose();
  });

  it('after its end is the next one, so that a state saved then goes on with initialEpoch', async () => {
    const augment = boomerangAugment({
      ...options,
      strength: adaptive({ target: 0, measure: () => 1, start: 0.2, step: 0.1 }),
    });
    const saved: [number, number | undefined][] = [];
    const save = async () => {
      const { epoch, adaptive: values } = augment.state();
      saved.push([epoch, values.strength && Math.round(values.strength * 10)]);
    };
    const net = network();
    const train = (callbacks: unknown[]) =>
      net.fitDataset(images().map(augment).batch(4), { epochs: 2, verbose: 0, callbacks: callbacks as never });
    expect(await saidWhile(() => train([augment.callback(), { onEpochEnd: save }]))).to.deep.equal([]);
    expect(saved).to.deep.equal([
      [1, 3],
      [2, 4],
    ]);
    const said = await saidWhile(() => train([{ onEpochEnd: save }, augment.callback()]));
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/state\(\) was asked for before epoch 0 had ended/);
    net.dispose();
  });
});

describe('callbacks in a list', () => {
  const early = () => layers.callbacks.earlyStopping({ monitor: 'loss', patience: 0, minDelta: 1e9 });
  const lists: Record<string, (ours: unknown, plain: unknown) => unknown[]> = {
    'before earlyStopping': (ours) => [ours, early()],
    'behind earlyStopping': (ours) => [early(), ours],
    'before both': (ours, plain) => [ours, plain, early()],
    'between both': (ours, plain) => [plain, ours, early()],
    'between both, the other way round': (ours, plain) => [early(), ours, plain],
  };
  for (const [name, list] of Object.entries(lists)) {
    it(`work ${name}: all of them are called, and training stops early`, async () => {
      const augment = boomerangAugment(options);
      const heard: number[] = [];
      const net = network();
      const { epoch } = await net.fitDataset(images().map(augment).batch(4), {
        epochs: 5,
        verbose: 0,
        callbacks: list(augment.callback(), { onEpochEnd: async (at: number) => void heard.push(at) }) as never,
      });
      expect(epoch).to.deep.equal([0, 1]);
      expect(augment.stats().epochs.map(({ epoch: at }) => at)).to.deep.equal([0, 1]);
      if (name.includes('both')) expect(heard).to.deep.equal([0, 1]);
      net.dispose();
    });
  }
});

describe('a selection that meets nothing', () => {
  const pass = async (augment: ReturnType<typeof boomerangAugment>, epochs = 2): Promise<string[]> =>
    saidWhile(async () => {
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        augment.setEpoch(epoch);
        await images()
          .map(augment)
          .forEachAsync(() => {});
        await augment.endEpoch();
      }
    });
  const count = () =>
    (
      (n) => () =>
        n++ % COUNT
    )(0);

  it('is said: numbers against texts, with an example of each', async () => {
    const said = await pass(boomerangAugment({ ...options, keys: count(), select: { keys: ['3', '5'] } }));
    expect(said).to.have.lengthOf(1);
    expect(said[0]).to.match(/met none of the 12 images of epoch 0.*"3" \(a string\).*0 \(a number\)/);
  });

  it('is said where nobody ends an epoch: when the next one is set, and when a data set was passed over', async () => {
    const wrong = () => boomerangAugment({ ...options, keys: count(), select: { keys: ['3', '5'] } });
    for (const make of [wrong, () => compose(wrong(), classical({ seed: 1 }))] as (() => Transform)[]) {
      const set = await saidWhile(async () => {
        const augment = make();
        for (const epoch of [0, 1, 2]) {
          augment.setEpoch(epoch);
          await images()
            .map(augment)
            .forEachAsync(() => {});
        }
      });
      expect(set).to.have.lengthOf(1);
      const passed = await saidWhile(() => augmentDataset(images(), make()).forEachAsync(() => {}));
      expect(passed).to.have.lengthOf(1);
      expect(passed[0]).to.match(/met none of the 12 images of epoch 0/);
    }
  });

  it('is said of slow learners whose callback was forgotten, when their epochs are over', async () => {
    const said = await pass(boomerangAugment({ ...options, select: slowLearners({ epochs: 2 }) }));
    expect(said.filter((text) => text.includes('slowLearners'))).to.have.lengthOf(1);
    expect(said.join()).to.match(/end of epoch 1.*slow\.callback/);
  });

  it('is settled once: what slow learners selected stays, whatever comes after', async () => {
    const slow = slowLearners({ share: 0.5, epochs: 3 });
    for (const [name, loss] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
      ['d', 0],
    ] as const)
      slow.record(name, loss);
    slow.settle();
    expect(slow.selected()).to.deep.equal(['a', 'c']);
    const never = () => {
      throw new Error('asked after it had settled');
    };
    await slow.callback(never, images() as never).onEpochEnd(1);
    expect(slow.selected()).to.deep.equal(['a', 'c']);
    expect(() => slow.record('a', Number.NaN)).to.throw(/loss of image a is NaN/);
    expect(() => slowLearners().settle()).to.throw(/no loss was recorded/);
  });

  it('is not said of one that meets some, nor while losses are recorded', async () => {
    expect(await pass(boomerangAugment({ ...options, keys: count(), select: { keys: [3] } }))).to.deep.equal([]);
    expect(await pass(boomerangAugment({ ...options, select: slowLearners({ epochs: 3 }) }))).to.deep.equal([]);
  });

  it("cannot come of slow learners that name images otherwise: they take the augmenter's names", async () => {
    const slow = slowLearners({ share: 0.25, epochs: 1 });
    const keyed = images;
    const key = (element: unknown) => Math.round(((element as Labelled).xs.dataSync()[0] as number) * 100);
    boomerangAugment({ ...options, keys: key, select: slow });
    const guess = (batch: tf.Tensor4D) =>
      tf.tidy(() => tf.softmax(tf.stack([tf.mean(batch, [1, 2, 3]), tf.zeros([batch.shape[0]])], 1)));
    await slow.callback(guess, keyed() as never).onEpochEnd(0);
    expect(slow.selected()).to.have.lengthOf(3);
    expect(slow.selected()?.every((name) => typeof name === 'number')).to.equal(true);
    expect(() => boomerangAugment({ ...options, select: slow })).to.throw(/two augmenters/);
  });
});
