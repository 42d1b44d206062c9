import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ARMS, armsNamed, MAIN_ARMS } from '../../benchmarks/classifier/arms.ts';
import { type Batch, type BatchOptions, batches, isExtra, placeOf } from '../../benchmarks/classifier/batches.ts';
import { countVariants } from '../../benchmarks/classifier/estimate.ts';
import { type Options, readPlan } from '../../benchmarks/classifier/options.ts';
import type { RunRecord } from '../../benchmarks/classifier/record.ts';
import { appendRun, countOthers, readRuns } from '../../benchmarks/classifier/runs.ts';
import { DEFAULTS, STRONG, stepsFor, TEACHER } from '../../benchmarks/classifier/settings.ts';
import { holdOut, labelledPlaces } from '../../benchmarks/classifier/split.ts';
import { choose } from '../../benchmarks/classifier/workers.ts';
import { ArgumentError } from '../../src/errors.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { scratchFolder } from '../support/scratch.ts';

const COUNT = 60;
const images = imageSet({
  bytes: Uint8Array.from({ length: COUNT * 4 }, (_, n) => n),
  imageShape: [2, 2, 1],
  labels: Array.from({ length: COUNT }, (_, n) => n % 3),
  classes: ['a', 'b', 'c'],
});

const typed = (options: Partial<Options> = {}): Options => ({
  ...{ model: 'm', labels: '10,20', arms: 'main', seeds: '2', firstSeed: '0', out: 'o', backend: 'auto', on: 'test' },
  ...options,
});

describe('the labelled images of the classifier benchmark', () => {
  const { validation, rest } = holdOut(images, 12);

  it('never are validation images, and together they are all', () => {
    expect([...validation, ...rest].toSorted((a, b) => a - b)).to.deep.equal([...Array(COUNT).keys()]);
    expect(validation).to.have.length(12);
  });

  it('are as many of each class, those of a smaller count among those of a larger one', () => {
    const few = labelledPlaces(images, rest, { seed: 1, perClass: 2 });
    const more = labelledPlaces(images, rest, { seed: 1, perClass: 4 });
    expect(few.map((place) => place % 3)).to.deep.equal([0, 0, 1, 1, 2, 2]);
    expect(more).to.include.members([...few]);
    expect(more).to.have.length(12);
    expect(rest).to.include.members([...more]);
  });

  it('are fewer of every second class where labels are to be uneven', () => {
    const uneven = labelledPlaces(images, rest, { seed: 1, perClass: 4, rare: 0.25 });
    expect(uneven.map((place) => place % 3)).to.deep.equal([0, 0, 0, 0, 1, 2, 2, 2, 2]);
  });

  it('are others with another seed', () => {
    const of = (seed: number) => labelledPlaces(images, rest, { seed, perClass: 4 });
    expect(of(1)).to.deep.equal(of(1));
    expect(of(1)).to.not.deep.equal(of(2));
  });
});

describe('the batches of the classifier benchmark', () => {
  const all = async (options: Partial<BatchOptions> & Pick<BatchOptions, 'extras'>) => {
    const drawn: Batch[] = [];
    const dataset = batches(images, {
      places: [0, 1, 2, 3],
      size: 4,
      steps: 8,
      seed: 1,
      smoothing: 0,
      doubt: 0,
      ...options,
    });
    const iterator = await dataset.iterator(); // forEachAsync would dispose what it shows
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) drawn.push(next.value);
    return drawn;
  };
  const keysOf = async (options: Parameters<typeof all>[0]): Promise<string[]> => {
    const drawn = await all(options);
    tf.dispose(drawn.map(({ xs, ys }) => [xs, ys]));
    return drawn.flatMap(({ keys }) => keys);
  };

  it('draw every image once in a pass, and so many times more as an extra', async () => {
    const keys = await keysOf({ extras: 1 });
    expect(keys).to.have.length(32);
    for (let pass = 0; pass < 4; pass += 1) {
      expect(keys.slice(pass * 8, pass * 8 + 8).toSorted()).to.deep.equal(['0', '0+', '1', '1+', '2', '2+', '3', '3+']);
    }
  });

  it('have extra draws of some images alone where that is asked', async () => {
    const keys = await keysOf({ extras: 1, hasExtras: (place) => place > 1 });
    expect(keys.slice(0, 6).toSorted()).to.deep.equal(['0', '1', '2', '2+', '3', '3+']);
  });

  it('take extra draws from a pool in turns, all of it before any of it again', async () => {
    const keys = await keysOf({ extras: 1, pool: [10, 11, 12, 13, 14, 15, 16, 17] });
    expect(
      keys
        .slice(0, 8)
        .filter((key) => !isExtra(key))
        .toSorted(),
    ).to.deep.equal(['0', '1', '2', '3']);
    const extras = keys.filter(isExtra);
    expect(
      extras
        .slice(0, 8)
        .map(placeOf)
        .toSorted((a, b) => a - b),
    ).to.deep.equal([10, 11, 12, 13, 14, 15, 16, 17]);
    expect(extras.slice(8).toSorted()).to.deep.equal(extras.slice(0, 8).toSorted());
    expect(extras.slice(8)).to.not.deep.equal(extras.slice(0, 8));
  });

  it('come in the order of their seed', async () => {
    expect(await keysOf({ extras: 3 })).to.deep.equal(await keysOf({ extras: 3 }));
    expect(await keysOf({ extras: 3 })).to.not.deep.equal(await keysOf({ extras: 3, seed: 2 }));
  });

  it('hold the pixels in [0, 1] and the class that each name says, and soften those of extra draws alone', async () => {
    for (const { xs, ys, keys, step } of await all({ extras: 1, doubt: 0.3 })) {
      expect(step).to.be.within(0, 7);
      const [pixels, labels] = [xs.arraySync(), ys.arraySync()];
      for (const [n, key] of keys.entries()) {
        const place = placeOf(key);
        expect(pixels[n]?.[1]?.[0]?.[0]).to.be.closeTo((place * 4 + 2) / 255, 1e-6);
        expect(labels[n]?.[place % 3]).to.be.closeTo(isExtra(key) ? 0.8 : 1, 1e-6);
        expect(labels[n]?.[(place + 1) % 3]).to.be.closeTo(isExtra(key) ? 0.1 : 0, 1e-6);
      }
      tf.dispose([xs, ys]);
    }
  });

  it('smooth the labels of all draws, and those of extra draws lose their doubt of what is left', async () => {
    for (const { xs, ys, keys } of await all({ extras: 1, smoothing: 0.3, doubt: 0.5 })) {
      const labels = ys.arraySync();
      for (const [n, key] of keys.entries()) {
        const kept = isExtra(key) ? 0.7 * 0.5 : 0.7;
        expect(labels[n]?.[placeOf(key) % 3]).to.be.closeTo(kept + (1 - kept) / 3, 1e-6);
      }
      tf.dispose([xs, ys]);
    }
  });
});

describe('the records of the classifier benchmark', () => {
  const path = scratchFolder();
  const record = (seed: number): RunRecord => ({
    ...{ study: 's', arm: 'none', labels: 10, seed, accuracy: 0.5, validation: 0.5, curve: [], finished: '' },
    seconds: { training: 1, waiting: 0, bank: 0 },
    variants: { drawn: 0, evaluations: 0 },
  });

  it('are found again, and those of another study are not', () => {
    const file = join(path(), 'a', 'runs.jsonl');
    expect(readRuns(file, 's')).to.deep.equal([]);
    appendRun(file, record(1));
    appendRun(file, { ...record(2), study: 'other' });
    appendRun(file, record(3));
    expect(readRuns(file, 's')).to.deep.equal([record(1), record(3)]);
    expect([countOthers(file, 's'), countOthers(file, 'other'), countOthers(`${file}.none`, 's')]).to.deep.equal([
      1, 2, 0,
    ]);
  });

  it('outlive a line that was cut off, wherever it was cut', () => {
    const whole = `${JSON.stringify(record(2))}\n`;
    for (let cut = 0; cut < whole.length - 1; cut += 7) {
      const file = join(path(), `${cut}.jsonl`);
      appendRun(file, record(1));
      appendFileSync(file, whole.slice(0, cut));
      appendRun(file, record(3));
      expect(
        readRuns(file, 's').map(({ seed }) => seed),
        `cut at ${cut}`,
      ).to.deep.equal([1, 3]);
      expect(readFileSync(file, 'utf8')).to.match(/\n$/);
    }
  });
});

describe('the plan of the classifier benchmark', () => {
  it('has every arm, label count and seed once, whole seeds first', () => {
    const { runs } = readPlan(typed());
    expect(runs).to.have.length(2 * 2 * MAIN_ARMS.length);
    expect(new Set(runs.map((run) => JSON.stringify(run)))).to.have.length(runs.length);
    expect(runs.map(({ seed }) => seed)).to.deep.equal([...Array(10).fill(0), ...Array(10).fill(1)]);
  });

  it('counts a bank once for all the arms and label counts that share it', () => {
    const { runs, place } = readPlan(typed({ arms: 'all', bank: '4' }));
    const only = readPlan(typed({ arms: 'classical+boomerang', bank: '4' }));
    expect(countVariants(only.runs, place.settings, 10)).to.equal(2 * 20 * 10 * 4);
    const strengths = 4; // of the fixed strength, the ramp and the schedule, and that of an arm of its own
    const [conditional, filters] = [20, 10 + 20];
    expect(countVariants(runs, place.settings, 10)).to.equal(2 * (20 * strengths + conditional + filters) * 10 * 4);
  });

  it('counts the bank of an arm that has a strength of its own by that', () => {
    const arms = 'strong+boomerang,strong+boomerang:farther';
    const alike = readPlan(typed({ arms, bank: '4', labels: '20', seeds: '1', strength: '0.4' }));
    const other = readPlan(typed({ arms, bank: '4', labels: '20', seeds: '1', strength: '0.3' }));
    expect(countVariants(alike.runs, alike.place.settings, 10)).to.equal(20 * 10 * 4);
    expect(countVariants(other.runs, other.place.settings, 10)).to.equal(2 * 20 * 10 * 4);
  });

  it('names what strong arms need where there are any, and leaves the settings of other studies as they were', () => {
    const { strong, teacher, ...others } = readPlan(typed({ arms: 'none,strong' })).place.settings;
    expect(strong).to.deep.equal(STRONG);
    expect(teacher).to.deep.equal(TEACHER);
    expect(others).to.deep.equal(DEFAULTS);
    expect(readPlan(typed()).place.settings).to.deep.equal(DEFAULTS);
  });

  it('does not let two processes fill the bank of a seed, nor keeps one of them idle', () => {
    const waiting = [
      { arm: 'boomerang', labels: 10, seed: 0 },
      { arm: 'classical+boomerang', labels: 10, seed: 0 },
      { arm: 'none', labels: 10, seed: 0 },
      { arm: 'boomerang', labels: 10, seed: 1 },
    ];
    expect(choose(waiting, [])).to.equal(0);
    expect(choose(waiting, [{ arm: 'none', labels: 20, seed: 0 }])).to.equal(0);
    const filling = [{ arm: 'boomerang', labels: 20, seed: 0 }];
    expect(choose(waiting, filling)).to.equal(2);
    expect(choose(waiting.toSpliced(2, 1), filling)).to.equal(2);
    expect(choose(waiting.slice(0, 2), filling)).to.equal(0);
  });

  it('trains longer with more labels, and as long in every arm', () => {
    const { place } = readPlan(typed({ steps: '100', stepsPerLabel: '2' }));
    expect(stepsFor(place.settings, 10)).to.equal(120);
    expect(stepsFor(place.settings, 50)).to.equal(200);
  });

  it('knows what its lists stand for', () => {
    expect(armsNamed('main')).to.deep.equal(MAIN_ARMS);
    expect(armsNamed('all')).to.have.members(Object.keys(ARMS));
    expect(armsNamed('none, copies,none')).to.deep.equal(['none', 'copies']);
  });

  for (const [option, value, code] of [
    ['arms', 'none,magic', 'unknown-arm'],
    ['labels', '10,x', 'bad-labels'],
    ['labels', '', 'bad-labels'],
    ['seeds', '0', 'bad-seeds'],
    ['minutes', '-1', 'bad-minutes'],
    ['jobs', '1.5', 'bad-jobs'],
    ['steps', '0', 'bad-steps'],
    ['strength', '1.5', 'bad-strength'],
    ['bank', '-2', 'bad-bank'],
    ['rare', '0', 'bad-rare'],
    ['learningRate', '0', 'bad-learning-rate'],
    ['on', 'dreams', 'unknown-kind-of-images'],
  ] as const) {
    it(`refuses --${option} "${value}" in one line that names the value`, () => {
      const name = option === 'arms' ? 'magic' : value.split(',').at(-1);
      expect(() => readPlan(typed({ [option]: value })))
        .to.throw(ArgumentError, name)
        .with.property('code', code);
    });
  }
});
