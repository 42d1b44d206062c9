import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseSafetensors } from '../../src/checkpoints/safetensors.ts';
import { ArgumentError } from '../../src/errors.ts';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { epsilonError } from '../../src/node/training/epsilonError.ts';
import type { FolderTraining, TrainingPlan } from '../../src/node/training/folderTraining.ts';
import { isWorthwhile, NO_HISTORY, withLoss } from '../../src/node/training/history.ts';
import { SHEET_EVALUATIONS } from '../../src/node/training/look.ts';
import { DDPM } from '../../src/node/training/modelFiles.ts';
import { outlook } from '../../src/node/training/outlook.ts';
import { lookSize } from '../../src/node/training/plan.ts';
import { describeQuality, qualityOf } from '../../src/node/training/quality.ts';
import { readRun, writeRun } from '../../src/node/training/stateFile.ts';
import { trainFolder } from '../../src/node/training/trainFolder.ts';
import { fillGaussian } from '../../src/random.ts';
import type { TrainingData } from '../../src/train/trainingData.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { collectWarnings } from '../support/warnings.ts';

const TINY = {
  sample_size: 8,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [4, 4],
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 2,
  attention_head_dim: 4,
};

const IMAGES = imageSet({
  bytes: Uint8Array.from({ length: 50 * 64 }, (_, i) => (i * 37 + (i >> 6) * 11) % 256),
  imageShape: [8, 8, 1],
  labels: Array.from({ length: 50 }, (_, n) => n % 2),
  classes: ['even', 'odd'],
});
const TRAINING: FolderTraining = {
  images: IMAGES,
  model: { config: { ...TINY, num_class_embeds: 3 }, scheduler: DDPM, classes: ['even', 'odd'] },
  batchSize: 4,
  steps: 4,
  seed: 's',
  about: { data: 'patterns', backend: 'wasm' },
};

describe('epsilonError', () => {
  const spread = 0.35;
  const model = gaussianModel([4, 4, 1], spread);
  const data: TrainingData = {
    count: 3000,
    imageShape: [4, 4, 1],
    pixels: (index) => {
      const values = new Float32Array(16);
      fillGaussian(['image', index], values);
      return values.map((value) => value * spread);
    },
  };
  /** What is left for who knows everything: the variance of the noise, given the noisy image. */
  const exact = (timestep: number): number => {
    const share = model.scheduler.schedule.alphaBar[timestep] as number;
    return (share * spread ** 2) / (share * spread ** 2 + 1 - share);
  };
  const meanOf = (from: number, to: number): number =>
    Array.from({ length: to - from }, (_, n) => exact(from + n)).reduce((sum, one) => sum + one, 0) / (to - from);

  it('is the variance of the noise given the noisy image, for an exact model', () =>
    expectNoLeak(async () => {
      const { error, fifths, images } = await epsilonError(model, data, { seed: 'a' });
      const tolerance = (values: number) => 5 / Math.sqrt(values);
      expect(error).to.be.closeTo(meanOf(0, 1000), meanOf(0, 1000) * tolerance(3000 * 16) * 3); // errors vary by timestep, too
      for (const [n, fifth] of fifths.entries()) {
        const wanted = meanOf(n * 200, (n + 1) * 200);
        expect(fifth / wanted).to.be.closeTo(1, tolerance(600 * 16) * 2);
      }
      expect(images).to.equal(3000);
    }));

  it('stands beside what is had for nothing: for pixels that have nothing to do with each other, the best there is', async () => {
    const { trivial } = await epsilonError(model, data, { seed: 'a' });
    expect(trivial.error / meanOf(0, 1000)).to.be.closeTo(1, 0.02);
    expect((trivial.fifths[2] as number) / meanOf(400, 600)).to.be.closeTo(1, 0.02);
  });

  it('leaves no part of the schedule out, however few the images are, and is refused without any', async () => {
    const { fifths } = await epsilonError(model, data, { seed: 'a', places: [3] });
    expect(fifths.every((fifth) => fifth > 0)).to.equal(true);
    expect(await rejection(epsilonError(model, data, { seed: 'a', places: [] }))).to.have.property('code', 'no-images');
  });

  it('is refused for a model whose answer is not finite, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const broken = { ...data, pixels: (index: number) => data.pixels(index).map(() => Number.NaN) };
      const error = await rejection(epsilonError(model, broken, { seed: 'a', places: [0, 1] }));
      expect(error).to.have.property('code', 'diverged');
      expect(error.message).to.match(/timestep \d+ .*NaN/);
    }));

  it('is the same for the same seed and another for another, whatever the batches', async () => {
    const options = { places: [0, 5, 7, 9, 11], seed: 'a' };
    const one = await epsilonError(model, data, options);
    const other = await epsilonError(model, data, { ...options, batchSize: 2 });
    expect(other.error).to.be.closeTo(one.error, 1e-6);
    expect((await epsilonError(model, data, { ...options, seed: 'b' })).error).to.not.be.closeTo(one.error, 1e-3);
  });
});

describe('the state of a run on disk', () => {
  const path = scratchFolder();
  const weight = { shape: [2], data: Float32Array.of(1.25, -3) };
  const state = { step: 3, elapsedMs: 40, smoothed: 0.5, tensors: new Map([['first.x', weight]]) };

  it('reads back as it was written', async () => {
    const history = withLoss(NO_HISTORY, { step: 3, loss: 0.5 });
    await writeRun(path('training-state.safetensors'), { state, facts: { seed: 1 }, history });
    const read = await readRun(path('training-state.safetensors'), { seed: 1 });
    expect(read).to.deep.equal({ state, facts: { seed: 1 }, history });
  });

  it('is refused for other options or data, each named', async () => {
    const file = path('training-state.safetensors');
    await writeRun(file, { state, facts: { seed: 1, data: 'ab', flip: true }, history: NO_HISTORY });
    const error = await rejection(readRun(file, { seed: 2, data: 'cd', flip: true }));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'another-run');
    expect(error.message)
      .to.match(/seed was 1 and is 2; data was "ab" and is "cd"; /)
      .and.not.include('flip');
  });

  it('is refused when it is none or damaged; what a killed process left is removed', async () => {
    const file = path('training-state.safetensors');
    writeFileSync(`${file}.123.part`, 'half');
    expect(await readRun(file, {})).to.equal(undefined);
    expect(readdirSync(path())).to.be.empty;
    writeFileSync(file, 'half');
    expect(await rejection(readRun(file, {}))).to.have.property('code', 'bad-safetensors');
  });
});

describe('the history of a run', () => {
  it('keeps the whole run in few points', () => {
    let history = NO_HISTORY;
    for (let step = 1; step <= 5000; step += 1) {
      if (isWorthwhile(history, step)) history = withLoss(history, { step, loss: 1 / step });
    }
    expect(history.losses.length).to.be.within(150, 400);
    const steps = history.losses.map(({ step }) => step);
    expect(steps[0]).to.be.below(50);
    expect(steps.at(-1)).to.be.above(4900);
  });
});

describe('what is said of an error', () => {
  it('is that it is no better than guessing, that it is too little, or that it has learned', () => {
    const trivial = { error: 0.2, fifths: [0.7, 0.2, 0.1, 0.02, 0.001] };
    const said = (error: number, fourth = 0.01) =>
      describeQuality({ error, fifths: [0.2, 0.04, 0.03, fourth, 0.001], trivial });
    expect(said(0.21)).to.match(/^It has learned nothing of use: 0.2100 against 0.2000 .*noise; train longer/);
    expect(said(Number.NaN)).to.match(/^It has learned nothing/);
    expect(said(0.19)).to.match(/^It has learned too little: .*95 %\. What it draws is noise; .*below 35 %/);
    expect(said(0.06, 0.03)).to.match(/^It has learned too little: .*30 %, and no better in 1 of the 4 cleaner fifths/);
    expect(said(0.05)).to.match(/^It has learned: .*25 %; images take shape below 35 %/);
    const latent = (error: number, fourth = 0.01) =>
      describeQuality({ error, fifths: [0.2, 0.04, 0.03, fourth, 0.001], trivial }, { isLatent: true });
    expect(latent(0.1)).to.match(/^It has learned: .*50 %; .*look at some/); // no share tells when images take shape
    expect(latent(0.1, 0.03)).to.match(/^It has learned too little: .* What it draws is noise: train longer/);
    expect(latent(0.21)).to.match(/^It has learned nothing of use/);
  });

  it('calls usable what has learned, and nothing else', () => {
    const trivial = { error: 0.2, fifths: [0.7, 0.2, 0.1, 0.02, 0.001] };
    const isUsable = (error: number, fourth = 0.01, isLatent = false) =>
      qualityOf({ error, fifths: [0.2, 0.04, 0.03, fourth, 0.001], trivial }, { isLatent }).isUsable;
    expect([isUsable(0.21), isUsable(Number.NaN), isUsable(0.19), isUsable(0.06, 0.03)]).to.not.include(true);
    expect([isUsable(0.05), isUsable(0.1, 0.01, true)]).to.not.include(false);
    expect([isUsable(0.21, 0.01, true), isUsable(0.1, 0.03, true)]).to.not.include(true);
  });
});

describe('what more minutes would give', () => {
  const looks = (errors: (minutes: number) => number, count = 8) =>
    Array.from({ length: count }, (_, n) => {
      const minutes = 5 * (n + 1);
      return {
        step: n + 1,
        minutes,
        images: 10,
        error: errors(minutes),
        fifths: [],
        trivial: { error: 1, fifths: [] },
      };
    });

  it('is told by the power of the time with which the error falls', () => {
    const falling = looks((minutes) => 0.8 * minutes ** -0.2); // 0.3827 after 40 minutes, 0.35 after 62.5
    expect(outlook(falling, 0.35)).to.match(
      /\(8 looks in 40 minutes\) images would take shape in about 23 more minutes/,
    );
    expect(outlook(falling, 0.1)).to.match(/after more than 20 times as long/);
  });

  it('is nothing where the curve is flat, rises, or is not known', () => {
    expect(
      outlook(
        looks(() => 0.6),
        0.35,
      ),
    ).to.match(/falls no more: .*time would not/);
    expect(
      outlook(
        looks((minutes) => 0.5 + minutes / 1000),
        0.35,
      ),
    ).to.match(/falls no more/);
    expect(
      outlook(
        looks((minutes) => 0.8 * minutes ** -0.2, 2),
        0.35,
      ),
    ).to.equal(undefined);
    expect(
      outlook(
        looks(() => 0.3),
        0.35,
      ),
    ).to.equal(undefined); // it is there
    expect(outlook([], 0.35)).to.equal(undefined);
  });
});

describe('how much is looked at', () => {
  it('is less where there is less time: a sheet of fewer steps, no sheet, fewer images', () => {
    const each = { secondsPerEvaluation: 0.01, sheetEvaluations: SHEET_EVALUATIONS };
    const full = lookSize(256, Number.POSITIVE_INFINITY, each);
    expect(full).to.deep.equal({ held: 256, sheetSteps: 20 });
    const evaluations = ({ held, sheetSteps }: typeof full): number => held + sheetSteps * SHEET_EVALUATIONS;
    const sizes = [11, 6, 3, 1.5].map((seconds) => {
      const size = lookSize(256, seconds, each);
      expect(evaluations(size) * 0.01).to.be.at.most(seconds);
      return size;
    });
    expect(sizes.map(({ sheetSteps }) => sheetSteps)).to.deep.equal([20, 10, 5, 0]);
    expect(sizes[3]).to.deep.equal({ held: 150, sheetSteps: 0 });
    expect(lookSize(256, 0, each)).to.deep.equal({ held: 8, sheetSteps: 0 });
  });
});

describe('trainFolder', () => {
  const path = scratchFolder();
  const warnings = collectWarnings();

  it('keeps the last good state of a training that diverges, and says where it is', () =>
    expectNoLeak(async () => {
      const wild = { ...TRAINING, learningRate: 1e32, saveEvery: 0 };
      const error = await rejection(trainFolder(path('wild'), wild));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'diverged');
      expect(error.message).to.match(/at step \d+ .*; the last good state is still in .*training-state/);
      const tensors = parseSafetensors(readFileSync(path('wild/training-state.safetensors')));
      expect(tensors.size).to.be.above(0);
      for (const { data } of tensors.values()) expect((data as Float32Array).every(Number.isFinite)).to.equal(true);
    }));

  it('says before it begins what it will take, and does not share its folder', async () => {
    const plans: TrainingPlan[] = [];
    const second: Promise<Error & { code?: string }>[] = [];
    const onPlan = (plan: TrainingPlan): void => {
      plans.push(plan);
      second.push(rejection(trainFolder(path('model'), TRAINING)));
    };
    await trainFolder(path('model'), { ...TRAINING, onPlan });
    expect(await second[0]).to.have.property('code', 'in-use');
    expect(plans[0]).to.deep.include({ steps: 4, microBatch: 4 });
    expect(plans[0]?.bytes).to.be.within(1e5, 1e8);
    expect(readFileSync(path('model/README.md'), 'utf8')).to.include('It has learned nothing of use');
  });

  it('refuses minutes in which not one step fits', async () => {
    const error = await rejection(
      trainFolder(path('short'), { ...TRAINING, steps: undefined, minutes: 1e-6 } as never),
    );
    expect(error).to.have.property('code', 'bad-minutes');
    expect(existsSync(path('short'))).to.equal(false);
  });

  it('writes a model that loads, its card, pictures and a state, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const trained = await trainFolder(path('model'), TRAINING);
      expect(trained).to.include({ steps: 4, isStopped: false });
      expect(trained.heldOut?.images).to.equal(3);
      const files = ['README.md', 'boomerang.json', 'losses.png', 'samples.png', 'scheduler', 'training-log.json'];
      expect(readdirSync(path('model')).sort()).to.deep.equal([...files, 'training-state.safetensors', 'unet']);
      const model = await loadModel(path('model'), { engine: 'tfjs' });
      expect(model.labels).to.deep.equal({ count: 3, nullLabel: 2, classes: ['even', 'odd'] });
      const { error } = await epsilonError(model, IMAGES, { seed: 'x', places: [1, 2, 3] });
      expect(error).to.be.within(0, 3);
      model.dispose();
      expect(readFileSync(path('model/README.md'), 'utf8')).to.match(/50 images.*\n.*4 steps of 4 images/);
    }));

  it('gives the same weights whether it saves and looks or not, in one go or stopped and resumed', async () => {
    const weights = (folder: string): Buffer =>
      readFileSync(path(`${folder}/unet/diffusion_pytorch_model.safetensors`));
    await trainFolder(path('plain'), TRAINING);
    await trainFolder(path('busy'), { ...TRAINING, saveEvery: 0, lookEvery: 0 });
    const abort = new AbortController();
    const onStep = ({ step }: { readonly step: number }): void => {
      if (step === 2) abort.abort();
    };
    const part = await trainFolder(path('parts'), { ...TRAINING, signal: abort.signal, onStep });
    expect(part).to.include({ steps: 2, isStopped: true });
    const resumed: number[] = [];
    await trainFolder(path('parts'), { ...TRAINING, resume: true, onResume: (step) => void resumed.push(step) });
    expect(resumed).to.deep.equal([2]);
    expect(weights('busy').equals(weights('plain'))).to.equal(true);
    expect(weights('parts').equals(weights('plain'))).to.equal(true);
  });

  it('does not write over a run, nor go on with another one', async () => {
    await trainFolder(path('model'), TRAINING);
    expect(await rejection(trainFolder(path('model'), TRAINING))).to.have.property('code', 'training-exists');
    const other = await rejection(trainFolder(path('model'), { ...TRAINING, batchSize: 5, resume: true }));
    expect(other).to.have.property('code', 'another-run');
    expect(other.message).to.include('batchSize was 4 and is 5');
    expect(await trainFolder(path('model'), { ...TRAINING, resume: true })).to.include({ steps: 4, isStopped: false });
  });

  it('does not call a model what draws noise, on its card or to whoever opens it, unless it is told to', async () => {
    const [card, sidecar] = ['model/README.md', 'model/boomerang.json'].map((name) => path(name)) as [string, string];
    const trained = await trainFolder(path('model'), TRAINING);
    expect(trained.quality).to.include({ isUsable: false });
    expect(readFileSync(card, 'utf8'))
      .to.match(/^# model: not yet a model\n/)
      .and.not.include('loadModel(');
    expect(JSON.parse(readFileSync(sidecar, 'utf8'))).to.have.keys('nullLabel', 'classes', 'unfinished');
    (await loadModel(path('model'), { engine: 'tfjs' })).dispose();
    expect(warnings().join()).to.match(/model is not yet a model: It has learned (nothing|too little)/);

    await trainFolder(path('model'), { ...TRAINING, resume: true, accept: true });
    expect(readFileSync(card, 'utf8'))
      .to.match(/^# model\n/)
      .and.include('loadModel(');
    expect(JSON.parse(readFileSync(sidecar, 'utf8'))).to.have.keys('nullLabel', 'classes');
  });

  it('leaves no file beside a model without classes once it is called one', async () => {
    const model = { config: TINY, scheduler: DDPM };
    await trainFolder(path('plain'), { ...TRAINING, model });
    expect(JSON.parse(readFileSync(path('plain/boomerang.json'), 'utf8'))).to.have.keys('unfinished');
    await trainFolder(path('plain'), { ...TRAINING, model, resume: true, accept: true });
    expect(existsSync(path('plain/boomerang.json'))).to.equal(false);
  });

  it('does not call a model what was stopped before it was looked at', async () => {
    const abort = new AbortController();
    const stopped = { ...TRAINING, signal: abort.signal, onStep: () => abort.abort() };
    const { heldOut, quality } = await trainFolder(path('stopped'), stopped);
    expect({ heldOut, isUsable: quality?.isUsable }).to.deep.equal({ heldOut: undefined, isUsable: false });
    expect(readFileSync(path('stopped/boomerang.json'), 'utf8')).to.include('stopped before anything was measured');
  });

  it('trains on images too few to keep any out', async () => {
    const images = imageSet({ bytes: IMAGES.bytes.slice(0, 64 * 6), imageShape: [8, 8, 1] });
    const model = { config: TINY, scheduler: DDPM };
    const trained = await trainFolder(path('few'), { ...TRAINING, images, model, steps: 1 });
    expect(trained.heldOut).to.equal(undefined);
    expect(readFileSync(path('few/README.md'), 'utf8')).to.include('Not measured');
  });
});
