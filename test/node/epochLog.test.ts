import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { augmentDataset, augmentFrom, boomerangAugment } from '../../src/node/epochLog/augment.ts';
import { epochsIn, type ReadRun } from '../../src/node/epochLog/readRun.ts';
import { adaptive } from '../../src/schedules/adaptive.ts';
import { ramp } from '../../src/schedules/schedules.ts';
import { boomerangAugment as inPages } from '../../src/transforms/boomerang/boomerangAugment.ts';
import { classical } from '../../src/transforms/classical/classical.ts';
import { compose } from '../../src/transforms/compose.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile, toldWhile } from '../support/said.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root, TSX } from '../support/shared.ts';

const model = gaussianModel();
const COUNT = 12;
type Labelled = { xs: tf.Tensor3D; ys: tf.Tensor };

const images = (): data.Dataset<Labelled> =>
  data.array(Array.from({ length: COUNT }, (_, n) => n)).map((n) => ({
    xs: tf.fill([4, 4, 1], 0.3 + 0.02 * n),
    ys: tf.scalar(n % 2),
  })) as unknown as data.Dataset<Labelled>;

const options = { model, strength: ramp(0.2, 0.4), epochs: 3, steps: 1, seed: 'run 7' };

const network = (): layers.Sequential => {
  const net = layers.sequential({
    layers: [layers.layers.flatten({ inputShape: [4, 4, 1] }), layers.layers.dense({ units: 1 })],
  });
  net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return net;
};

const spend = (element: unknown): void => tf.dispose(element as tf.TensorContainer);

describe('augment.log', () => {
  const path = scratchFolder();
  const files = (): string[] => readdirSync(path()).sort();
  const textOf = (name = files()[0] as string): string => readFileSync(path(name), 'utf8');
  const read = (name?: string): ReadRun => epochsIn(textOf(name));
  const train = async (dataset: data.Dataset<tf.TensorContainer>, how: Record<string, unknown>): Promise<void> => {
    const net = network();
    await net.fitDataset(dataset.batch(4), { epochs: 3, verbose: 0, ...how });
    net.dispose();
  };
  /** What is said and told is none of these tests' business. */
  const quietly = (run: () => unknown): Promise<string[]> => saidWhile(() => toldWhile(run));
  const loop = async (augment: ReturnType<typeof boomerangAugment>, ...epochs: number[]): Promise<void> => {
    for (const epoch of epochs) {
      augment.setEpoch(epoch);
      await images().map(augment).forEachAsync(spend);
      await augment.endEpoch({ loss: 1 / (epoch + 1) });
    }
  };

  it('writes a line when fitDataset ends an epoch, with its loss, and says where', async () => {
    const augment = boomerangAugment(options);
    const told = await toldWhile(async () => {
      augment.log(path());
      await train(images().map(augment), { callbacks: augment.callback() });
    });
    expect(told.join()).to.match(/logged in .*run-7-[0-9a-f]{8}\.jsonl/);
    expect(textOf().split('\n')).to.have.lengthOf(4);
    const { epochs, ...rest } = read();
    expect(rest).to.deep.equal({ damaged: 0, isPartial: false });
    const { epochs: stats } = augment.stats();
    for (const [n, { epoch, strength, changed, loss, images: seen, time }] of epochs.entries()) {
      expect({ epoch, strength, changed, seen }).to.deep.equal({
        epoch: n,
        strength: stats[n]?.meanStrength,
        changed: (stats[n]?.changed ?? 0) / COUNT,
        seen: COUNT,
      });
      expect(strength).to.be.closeTo(0.2 + 0.1 * n, 1e-3);
      expect(loss).to.be.a('number');
      expect(new Date(time).getTime()).to.be.above(Date.UTC(2024));
    }
    expect(epochs).to.have.lengthOf(3);
  });

  it('writes one line an epoch where passes count themselves, ended by somebody or by nobody', async () => {
    await quietly(async () => {
      const alone = augmentDataset(images(), options);
      alone.log(path(), { name: 'alone' });
      for (let pass = 0; pass < 3; pass += 1) await alone.forEachAsync(spend);
      const ended = augmentDataset(images(), options);
      ended.log(path(), { name: 'ended' });
      for (let pass = 0; pass < 3; pass += 1) {
        await ended.forEachAsync(spend);
        await ended.endEpoch({ loss: pass });
      }
      const ahead = boomerangAugment(options);
      ahead.log(path(), { name: 'ahead' });
      const far = augmentDataset(images(), ahead).repeat(3).batch(3).prefetch(4) as unknown as data.Dataset<Labelled>;
      const net = network();
      await net.fitDataset(far, { epochs: 3, batchesPerEpoch: 4, verbose: 0, callbacks: ahead.callback() as never });
      net.dispose();
    });
    expect(textOf('alone.jsonl').trim().split('\n')).to.have.lengthOf(3);
    for (const name of ['ended.jsonl', 'ahead.jsonl']) {
      expect(textOf(name).trim().split('\n'), name).to.have.lengthOf(3);
      expect(read(name).epochs.map(({ epoch, images: seen }) => [epoch, seen])).to.deep.equal([
        [0, COUNT],
        [1, COUNT],
        [2, COUNT],
      ]);
    }
    expect(read('ended.jsonl').epochs.map(({ loss }) => loss)).to.deep.equal([0, 1, 2]);
    expect(read('ahead.jsonl').epochs.map(({ loss }) => typeof loss)).to.deep.equal(['number', 'number', 'number']);
  });

  it('tells each epoch its own loss where the next pass has begun already', async () => {
    const heard: (readonly [number, number])[] = [];
    const measure = (epoch: number, { loss = Number.NaN }): number => heard.push([epoch, loss]);
    await quietly(async () => {
      const augmented = augmentDataset(images(), {
        ...options,
        strength: adaptive({ target: 0, measure, start: 0.2 }),
      });
      augmented.log(path());
      const ahead = await augmented.repeat(3).iterator();
      for (let n = 0; n < 3 * COUNT; n += 1) {
        spend((await ahead.next()).value);
        if (n % COUNT === 2 && n > COUNT) await augmented.endEpoch({ loss: (n - 2) / COUNT - 1 });
      }
      await augmented.endEpoch({ loss: 2 });
    });
    expect(heard).to.deep.equal([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(read().epochs.map(({ loss, images: seen }) => [loss, seen])).to.deep.equal([
      [0, COUNT],
      [1, COUNT],
      [2, COUNT],
    ]);
  });

  it('counts variants of a bank, and of a part of a composed transform', async () => {
    await quietly(async () => {
      const banked = boomerangAugment({ ...options, bank: 2, strength: 0.3 });
      await banked.fillBank(images());
      banked.log(path(), { name: 'banked' });
      const part = boomerangAugment({ ...options, probability: 0.5 });
      part.log(path(), { name: 'part' });
      const whole = compose(part, classical({ seed: 1, shift: 1 }));
      await train(images().map(banked), { callbacks: banked.callback() });
      await train(images().map(whole), { callbacks: whole.callback() });
      for (const [name, { epochs }] of [
        ['banked.jsonl', banked.stats()],
        ['part.jsonl', part.stats()],
      ] as const) {
        expect(read(name).epochs.map(({ changed }) => changed * COUNT)).to.deep.equal(epochs.map((one) => one.changed));
      }
      expect(read('part.jsonl').epochs.map(({ changed }) => changed)).to.not.include(1);
    });
  });

  it('says how many labels were kept where a classifier was asked, and what an adaptive schedule measured', async () => {
    const judge = (batch: tf.Tensor4D): tf.Tensor =>
      tf.tidy(() => {
        const bright = tf.mul(tf.sub(tf.mean(batch, [1, 2, 3]), 0.42), 50);
        return tf.softmax(tf.stack([bright, tf.zeros([batch.shape[0]])], 1));
      });
    const augment = boomerangAugment({
      ...options,
      strength: adaptive({ target: 0.9, measure: () => 0.5 + 0.1 * augment.state().epoch, start: 0.4 }),
      labels: 'ys',
      keep: { classifier: judge, topK: 1 },
      tries: 2,
    });
    await quietly(async () => {
      augment.log(path());
      await loop(augment, 0, 1);
    });
    const { judged, survived } = augment.stats();
    expect(survived).to.be.within(1, judged - 1);
    for (const [n, { labelsKept, measured }] of read().epochs.entries()) {
      const one = augment.stats().epochs[n];
      expect(labelsKept).to.equal((one?.survived ?? 0) / (one?.judged ?? 0));
      expect(measured).to.equal(0.5 + 0.1 * n);
    }
  });

  it('goes on in its file after a restore, and an epoch that is done again counts once', async () => {
    await quietly(async () => {
      const first = boomerangAugment(options);
      first.log(path());
      await loop(first, 0);
      const state = first.state();
      await loop(first, 1, 2);
      const second = boomerangAugment({ ...options, state });
      second.log(path());
      await loop(second, 1);
    });
    expect(files()).to.have.lengthOf(1);
    const { epochs } = read();
    expect(epochs.map(({ epoch, begins }) => [epoch, begins])).to.deep.equal([
      [0, true],
      [1, true],
    ]);
  });

  it('gives runs beside each other files of their own, and those of one seed as well', async () => {
    await quietly(async () => {
      const [one, same] = [boomerangAugment(options), boomerangAugment(options)];
      const other = augmentFrom(
        { ...one.getConfig(), options: { ...one.getConfig().options, strength: 0.1 } },
        { model },
      );
      for (const augment of [one, same, other]) augment.log(path());
      for (const epoch of [0, 1]) for (const augment of [one, same, other]) await loop(augment, epoch);
    });
    expect(files()).to.have.lengthOf(3);
    for (const name of files()) expect(read(name).epochs.map(({ epoch }) => epoch)).to.deep.equal([0, 1]);
  });

  it('says when two runs were told to write into one file', async () => {
    const said = await quietly(async () => {
      const [one, other] = [boomerangAugment(options), boomerangAugment(options)];
      for (const augment of [one, other]) augment.log(path(), { name: 'same' });
      for (const epoch of [0, 1]) for (const augment of [one, other]) await loop(augment, epoch);
    });
    expect(said.join('\n')).to.match(/another run writes into .*same\.jsonl too/);
  });

  it('writes behind half a line on a line of its own, and readers count what is damaged', async () => {
    writeFileSync(path('a.jsonl'), '{"epoch":0,"stre');
    expect(read('a.jsonl')).to.deep.equal({ epochs: [], damaged: 0, isPartial: true });
    await quietly(async () => {
      const augment = boomerangAugment(options);
      augment.log(path(), { name: 'a' });
      await loop(augment, 0);
    });
    appendFileSync(path('a.jsonl'), '{"epoch":1,"images":3,"strength":7,"changed":0,"time":"2024-01-01T00:00:00Z"}\n');
    const { epochs, ...rest } = read('a.jsonl');
    expect(rest).to.deep.equal({ damaged: 2, isPartial: false });
    expect(epochs).to.have.lengthOf(1);
  });

  it('names a loss that is not finite instead of writing null', async () => {
    await quietly(async () => {
      const augment = boomerangAugment(options);
      augment.log(path());
      await images().map(augment).forEachAsync(spend);
      await augment.endEpoch({ loss: Number.NaN });
    });
    expect(textOf()).to.not.include('null');
    expect(read().epochs[0])
      .to.deep.include({ notFinite: ['loss'] })
      .and.not.have.property('loss');
  });

  it('refuses at once a folder that cannot be written, and a name that is none', () => {
    writeFileSync(path('file'), '');
    const augment = boomerangAugment(options);
    expect(() => augment.log(path('file')))
      .to.throw(EnvironmentError)
      .with.property('code', 'bad-output');
    for (const name of ['../up', '', '.hidden', 'a/b']) {
      expect(() => augment.log(path(), { name }))
        .to.throw()
        .with.property('code', 'bad-name');
    }
    expect(() => augment.log(path(), { nam: 'a' } as never)).to.throw(/did you mean "name"/);
  });

  it('says that an epoch could not be written, and training goes on', async () => {
    mkdirSync(path('runs'));
    const augment = boomerangAugment(options);
    augment.log(path('runs'), { name: 'a' });
    mkdirSync(path('runs/a.jsonl')); // what stands there is no file: so it fails for root as well
    const said = await quietly(() => loop(augment, 0, 1));
    expect(said).to.have.lengthOf(2);
    expect(said[1]).to.match(/epoch 1 is not in the log in .*runs \(E\w+\); training goes on/);
    expect(augment.state().epoch).to.equal(2);
  });

  it('writes what waits when the process ends, and says which epoch nobody ended', () => {
    const program = `
      import * as tf from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-cpu';
      import * as data from '@tensorflow/tfjs-data';
      import { boomerangAugment } from ${JSON.stringify(join(root, 'src/node/index.ts'))};
      import { gaussianModel } from ${JSON.stringify(join(root, 'test/support/gaussianModel.ts'))};
      const augment = boomerangAugment({ model: gaussianModel(), strength: 0.3, steps: 1, seed: 'a' });
      augment.log(${JSON.stringify(path('runs'))}, { name: 'a' });
      for (const epoch of [0, 1]) {
        augment.setEpoch(epoch);
        await data.array([0, 1]).map((n) => augment(tf.fill([4, 4, 1], 0.2 + 0.1 * n))).forEachAsync(() => {});
      }`;
    const { stderr, status } = spawnSync(process.execPath, [...TSX, '--input-type=module', '-e', program], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.match(/epoch 1 was not ended, and is not in the log/);
    expect(read('runs/a.jsonl').epochs.map(({ epoch }) => epoch)).to.deep.equal([0]);
  });

  it('is for Node: in a page it says so, and names what hears of epochs there', async () => {
    const augment = inPages(options);
    expect(() => augment.log('runs'))
      .to.throw(EnvironmentError, /onEpoch/)
      .with.property('code', 'no-files');
    const heard: number[] = [];
    augment.onEpoch(({ epoch }) => heard.push(epoch));
    await loop(augment, 0, 1);
    expect(heard).to.deep.equal([0, 1]);
  });
});
