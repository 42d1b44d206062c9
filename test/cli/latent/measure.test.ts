import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { reachOf, usefulBand } from '../../../src/calibrate/reach.ts';
import type { Evaluation } from '../../../src/cli/evaluate/measure.ts';
import type { Bench } from '../../../src/cli/tune/bench.ts';
import { openKept } from '../../../src/cli/tune/kept.ts';
import type { TuneReport } from '../../../src/cli/tune/report.ts';
import type { Model } from '../../../src/models/model.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { type SweepPoint, sweep } from '../../../src/node/tuning/sweep.ts';
import type { Way } from '../../../src/node/tuning/way.ts';
import { runInProcess } from '../../support/cli.ts';
import { ldmFiles, stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const COMMON = ['--fit', 'resize', '--backend', 'wasm', '--engine', 'tfjs'];
const TUNE = ['--images', '20', '--variants', '2', '--steps', '1', '--strengths', '0.1,0.9'];
const EVALUATE = ['--images', '20', '--returns', '10', '--steps', '2', '--strengths', '0.1,0.9'];

const estimate = (mean: number) => ({ mean, interval: [mean - 0.05, mean + 0.05] as const });
const pointAt = (strength: number, keep: number): SweepPoint => ({
  ...{ strength, timestep: 0, sigma: 0, evaluations: 1, secondsPerVariant: 0, shown: [] },
  ...{ retention: estimate(keep / 100), rms: estimate(0), ssim: estimate(1), diversity: estimate(strength) },
  kept: Array.from({ length: 100 }, (_, n) => (n < keep ? 1 : 0)),
});

describe('measuring a latent model', () => {
  const path = scratchFolder();
  let stable: Map<string, Uint8Array>;
  before(async () => {
    stable = await stableFiles();
  });
  beforeEach(() => {
    writeFiles(path('sd'), stable);
    writeFiles(path('ldm'), ldmFiles());
    writeIdx(path('data'), stripes(300));
    writeIdx(path('test'), stripes(40));
    for (const name of readdirSync(path('test'))) {
      copyFileSync(path(`test/${name}`), path(`data/${name.replace('train', 't10k')}`));
    }
  });

  const said = async (...argv: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runInProcess([...argv, ...COMMON]);
    expect(status, stderr).to.equal(0);
    return stdout;
  };
  const tune = (model: string, ...argv: string[]) =>
    said('tune', path('data'), '--model', path(model), '--out', path('out'), ...TUNE, ...argv);
  const evaluate = (model: string, ...argv: string[]) =>
    said('evaluate', path(model), path('data'), ...EVALUATE, ...argv);

  it('by tune tells what the autoencoder alone loses, beside what each strength does', () =>
    expectNoLeak(async () => {
      const report: TuneReport = JSON.parse(await tune('ldm', '--json'));
      expect(report.points.map(({ strength }) => strength)).to.deep.equal([0.1, 0.9]);
      expect(report.roundTrip).to.include({ strength: 0, evaluations: 0 });
      expect(report.roundTrip).to.have.all.keys(...Object.keys(report.points[0] ?? {}));
      expect(report.roundTrip?.rms.mean).to.be.above(0.01);
      expect(report.roundTrip?.diversity.mean).to.equal(0);
      expect(report).to.include({ prompt: null, negativePrompt: null, guidance: 1 });
      const { width } = await sharp(path('out/tune.png')).metadata();
      expect(width).to.be.above(800);
    }));

  it('by tune prints the round trip as the first row, and as a sentence', async () => {
    const text = await tune('ldm');
    expect(text).to.match(/strength +labels kept.*\n *0, round trip .*\n +0\.1 .*\n +0\.9 /);
    expect(text).to.match(
      /autoencoder alone, without a throw, keeps [\d.]+ % of labels, at RMS [\d.]+ and SSIM [-\d.]+/,
    );
  });

  it('by tune takes as many evaluations as its estimate says, guided and told the class of each image', async () => {
    writeFileSync(path('sd/boomerang.json'), JSON.stringify({ classes: ['upright', 'lying'] }));
    const argv = ['--json', '--prompt', 'a {class} stripe', '--guidance', '2'];
    const estimate = JSON.parse(await tune('sd', ...argv, '--dry-run'));
    expect(existsSync(path('out'))).to.equal(false);
    const report: TuneReport = JSON.parse(await tune('sd', ...argv));
    expect(report).to.include({ prompt: 'a {class} stripe', guidance: 2, conditional: false });
    expect(report.points[0]?.evaluations).to.equal(2);
    expect(report.evaluations).to.equal((estimate.evaluations * report.data.measured) / 20);
    expect(report.perClass.map(({ name }) => name)).to.include.members(
      ['upright', 'lying'].slice(0, report.perClass.length),
    );
  });

  it('by tune goes on from a kept round trip, and from none of another prompt', async () => {
    const model = await loadModel(path('sd'), { engine: 'tfjs' });
    const tuning = { strengths: [0.1], images: 20, variants: 2, way: { prompt: 'a' }, conditional: false, seed: 'a' };
    const bench = { tuning, model, names: { backend: 'cpu' }, data: { digest: 'd' } } as unknown as Bench;
    const open = (way: Way) =>
      openKept(path('measured.json'), {
        ...bench,
        tuning: { ...bench.tuning, way },
        classifier: { path: path('classifier/model.json'), isGiven: false },
      });
    await (await open({ prompt: 'a' })).keep({ ...pointAt(0, 10), roundTrip: true });
    const { known, count } = await open({ prompt: 'a' });
    expect(known.map(({ strength, roundTrip }) => [strength, roundTrip])).to.deep.equal([[0, true]]);
    expect(count()).to.equal(0);
    for (const way of [{ prompt: 'b' }, { prompt: 'a', guidance: 2 }, {}]) {
      expect(await open(way)).to.deep.include({ known: [], unusable: 'it is of other settings' });
    }
    const byDistance = { ...bench, tuning: { ...bench.tuning, way: { prompt: 'a' } } };
    expect(await openKept(path('measured.json'), byDistance)).to.deep.include({ known: [] }); // nobody judged the others
    let decoded = 0;
    const counted: Model = {
      ...model,
      decodeAsync(latents) {
        decoded += latents.shape[0];
        return model.decodeAsync(latents);
      },
    };
    const images = tf.fill([3, 16, 16, 3], 0.5) as tf.Tensor4D;
    const judge = { labels: [0, 1, 1], classify: () => tf.zeros([3, 2]) };
    const data = { images, shown: [], judge };
    const { signal } = new AbortController();
    const work = { tuning: bench.tuning, signal, known, onEvaluated: () => undefined, onPoint: async () => undefined };
    const { points, roundTrip } = await sweep(counted, data, work);
    expect(roundTrip).to.equal(known[0]);
    expect(points.map(({ strength }) => strength)).to.deep.equal([0.1]);
    expect(decoded).to.equal(3 * 2);
    images.dispose();
    model.dispose();
  });

  it('by evaluate measures the error in latents, the round trip, and how near variants are', () =>
    expectNoLeak(async () => {
      const { quality, roundTrip, returns, evaluations }: Evaluation = JSON.parse(await evaluate('ldm', '--json'));
      expect(quality.images).to.equal(20);
      expect(quality.error).to.be.above(0);
      expect(roundTrip).to.include.all.keys('rms', 'ssim', 'varianceKept', 'retention');
      expect(roundTrip).to.not.have.any.keys('strength', 'labelGiven');
      expect(returns.map(({ strength }) => strength)).to.deep.equal([0.1, 0.9]);
      for (const { rms, ssim } of returns) {
        expect(rms).to.be.within(0.01, 1);
        expect(ssim).to.be.within(-1, 0.99);
      }
      expect(JSON.parse(await evaluate('ldm', '--json', '--dry-run')).evaluations).to.equal(evaluations);
    }));

  it('by evaluate tells the class of each image in the prompt, and prints the round trip first', async () => {
    writeFileSync(path('sd/boomerang.json'), JSON.stringify({ classes: ['upright', 'lying'] }));
    const argv = ['--no-classifier', '--json', '--prompt'];
    const told: Evaluation = JSON.parse(await evaluate('sd', ...argv, 'a {class} stripe'));
    expect(told.labelGiven).to.equal(true);
    expect(told.returns.map(({ labelGiven }) => labelGiven)).to.deep.equal([true, true]);
    const plain: Evaluation = JSON.parse(await evaluate('sd', ...argv, 'a stripe'));
    expect(plain.labelGiven).to.equal(false);
    expect(plain.quality.error).to.not.equal(told.quality.error);
    const text = await evaluate('sd', '--no-classifier', '--prompt', 'a stripe');
    expect(text).to.match(/round trip: .*\n10 images thrown.*\n *strength .*\n *0, round trip +- .*\n +0\.1 +none/);
  });

  const refusals: readonly [code: string, words: RegExp, model: string, ...argv: string[]][] = [
    ['bad-prompt', /takes no text/, 'ldm', '--prompt', 'a stripe'],
    ['bad-prompt', /unknown placeholder/, 'sd', '--prompt', 'a {klass}'],
    ['bad-negative-prompt', /guidance is 1/, 'sd', '--negative-prompt', 'blur'],
    ['bad-guidance', /leave it out/, 'ldm', '--guidance', '3'],
    ['bad-image-size', /divisible/, 'ldm', '--image-size', '20'],
    ['bad-clip-skip', /no text encoder/, 'ldm', '--clip-skip', '1'],
  ];
  for (const command of ['tune', 'evaluate']) {
    for (const [code, words, model, ...argv] of refusals) {
      it(`by ${command} ${argv.join(' ')} is refused of ${model} in one line with ${code}`, () =>
        expectNoLeak(async () => {
          const own =
            command === 'tune'
              ? [path('data'), '--model', path(model), '--out', path('out')]
              : [path(model), path('data')];
          const { status, stdout, stderr } = await runInProcess([command, ...own, ...COMMON, ...argv]);
          expect(stderr)
            .to.match(new RegExp(`^error ${code}: [^\n]+\n$`))
            .and.match(words);
          expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
          expect(existsSync(path('out'))).to.equal(false);
        }));
    }
  }
});

describe('what tune makes of a round trip', () => {
  const points = [pointAt(0.2, 80)];
  const tuning = { target: 0.9, minDiversity: 0.05, seed: 'a' };

  it('starts from the labels that it keeps, so that what it loses is not put down to strength', () => {
    expect(reachOf({ points }, tuning).strength).to.be.closeTo(0.1, 1e-9);
    expect(reachOf({ points, roundTrip: pointAt(0, 95) }, tuning).strength).to.be.closeTo(0.2 / 3, 1e-9);
  });

  it('reaches nowhere, and is of no use, where it loses too many by itself', () => {
    const swept = { points, roundTrip: pointAt(0, 85) };
    expect(reachOf(swept, tuning).strength).to.equal(0);
    expect(usefulBand(swept, tuning)).to.equal(undefined);
  });
});
