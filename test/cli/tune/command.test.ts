import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import type { TuneReport } from '../../../src/cli/tune/report.ts';
import { userCacheFolder } from '../../../src/node/cacheFolder.ts';
import { writeClassifier } from '../../../src/node/classifierFile.ts';
import { writePng } from '../../../src/node/images.ts';
import { trainClassifier } from '../../../src/node/trainClassifier.ts';
import { runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const MODEL = join(root, 'models/fashion-28');
const COUNT = 300;
const SMALL = ['--images', '20', '--variants', '2', '--steps', '1', '--strengths', '0.1,0.9'];

describe('boomerang tune', () => {
  const path = scratchFolder();
  const tune = (...argv: string[]) =>
    runInProcess([
      'tune',
      path('data'),
      '--model',
      MODEL,
      '--backend',
      'wasm',
      '--out',
      path('out'),
      ...SMALL,
      ...argv,
    ]);

  beforeEach(() => {
    writeIdx(path('data'), stripes(COUNT));
  });

  it('writes a picture and the figures that it prints as JSON', async () => {
    const { status, stdout, stderr } = await tune('--json');
    expect(status, stderr).to.equal(0);
    expect(readdirSync(path('out')).sort()).to.deep.equal(['tune.json', 'tune.png']);
    expect(stdout).to.equal(readFileSync(path('out/tune.json'), 'utf8'));
    const report: TuneReport = JSON.parse(stdout);
    expect(report).to.include({ solver: 'dpm++2m', steps: 1, eta: null, variants: 2, conditional: false });
    expect(report.data).to.include({ images: 20, validation: COUNT / 10, measured: 20 });
    expect(report.data.accuracy).to.be.at.least(0.9);
    expect(report.points.map(({ strength, evaluations }) => [strength, evaluations])).to.deep.equal([
      [0.1, 1],
      [0.9, 1],
    ]);
    const { width, height, format } = await sharp(path('out/tune.png')).metadata();
    expect({ isWide: width > 800, isHigh: height > 400, format }).to.deep.equal({
      isWide: true,
      isHigh: true,
      format: 'png',
    });
  });

  it('measures that further throws keep fewer labels, go further, and differ more', async () => {
    const [near, far] = (JSON.parse((await tune('--json')).stdout) as TuneReport).points;
    expect(far?.retention?.mean).to.be.below(near?.retention?.mean as number);
    expect(far?.rms.mean).to.be.above(near?.rms.mean as number);
    expect(far?.ssim.mean).to.be.below(near?.ssim.mean as number);
    expect(far?.diversity.mean).to.be.above(near?.diversity.mean as number);
    expect(near?.secondsPerVariant).to.be.above(0);
  });

  it('gives the same figures for the same seed, but for the time they take', async () => {
    const figures = async (...argv: string[]): Promise<unknown> => {
      const { points, ...rest } = JSON.parse((await tune('--json', ...argv)).stdout) as TuneReport;
      return { ...rest, points: points.map((point) => ({ ...point, secondsPerVariant: 0 })) };
    };
    const once = await figures();
    expect(await figures()).to.deep.equal(once);
    expect(await figures('--seed', 'b')).to.not.deep.equal(once);
  });

  it('prints tables for people, says how long it will take, and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const { stdout, stderr } = await tune('--conditional');
      expect(stdout).to.match(/strength +labels kept.*\n +0\.1 .*\n +0\.9 /);
      expect(stdout)
        .to.match(/class +images/)
        .and.match(/labels are kept up to strength/);
      expect(stdout)
        .to.match(/useful band: |no useful band: /)
        .and.match(/of 20 validation images/)
        .and.include('kept labels are not a better classifier');
      expect(stderr)
        .to.match(/estimate: \d+ s and [\d.]+ GB of memory for 80 evaluations of at most 80 variants/)
        .and.match(/wrote .*tune\.png/);
    }));

  it('shows how far it is on a terminal', async () => {
    const argv = ['tune', path('data'), '--model', MODEL, '--backend', 'wasm', '--out', path('out'), ...SMALL];
    expect((await runInProcess(argv, { isTTY: true })).stderr).to.match(/variants .*%/);
  });

  it('prints an estimate and writes nothing with --dry-run', () =>
    expectNoLeak(async () => {
      const before = readdirSync(path(), { recursive: true });
      const { status, stdout, stderr } = await tune('--dry-run');
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(/^estimate: [^\n]+80 variants[^\n]*\n$/);
      expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
    }));

  it('takes as many evaluations as its estimate says', async () => {
    const say = async (...argv: string[]) => JSON.parse((await tune('--json', '--steps', '2', ...argv)).stdout);
    const estimate = await say('--dry-run');
    expect(estimate).to.include({ variants: 80, evaluations: 160 });
    expect(estimate).to.include.all.keys('seconds', 'memoryBytes', 'sweepSeconds', 'trainingSeconds');
    expect((await say()).evaluations).to.equal(estimate.evaluations);
  });

  it('estimates training, trains once, keeps the classifier, and trains again where it was damaged', async () => {
    writeIdx(path('data'), stripes(COUNT + 2)); // no other test has seen these
    const before = new Set(
      existsSync(userCacheFolder('classifiers')) ? readdirSync(userCacheFolder('classifiers')) : [],
    );
    expect((await tune()).stderr).to.match(/to train a classifier/);
    const kept = readdirSync(userCacheFolder('classifiers')).filter((name) => !before.has(name));
    expect(kept).to.have.lengthOf(1);
    const { stderr, stdout } = await tune('--json');
    expect(stderr).to.not.match(/to train a classifier/);
    writeFileSync(userCacheFolder('classifiers', kept[0] as string, 'weights.bin'), 'damaged');
    const again = JSON.parse((await tune('--json')).stdout) as TuneReport;
    expect(again.data).to.deep.equal((JSON.parse(stdout) as TuneReport).data);
  });

  it('takes a classifier of the user', async () => {
    const trained = await trainClassifier(stripes(COUNT), { places: Array.from({ length: 200 }, (_, n) => n) });
    const file = await writeClassifier(trained, path('own'));
    trained.dispose();
    const report: TuneReport = JSON.parse((await tune('--json', '--classifier', file)).stdout);
    expect(report.data.classifier).to.equal(file);
  });

  const picture = async (name: string, side: number): Promise<string> => {
    mkdirSync(dirname(path(name)), { recursive: true });
    await writePng(path(name), new Float32Array(side * side).fill(0.5), [side, side, 1]);
    return path('pictures');
  };

  it('takes a folder of images for each class, of another size if it is told how, and lists what it skips', async () => {
    for (let n = 0; n < 100; n += 1) await picture(`pictures/${n % 2 ? 'cat' : 'dog'}/${n}.png`, 20);
    writeFileSync(path('pictures/cat/broken.png'), 'no image');
    const argv = ['tune', path('pictures'), '--model', MODEL, '--backend', 'wasm', '--dry-run', '--images', '10'];
    const { status, stderr } = await runInProcess([...argv, '--fit', 'pad']);
    expect({ status, stderr }).to.deep.equal({
      status: 0,
      stderr: '  skipped cat/broken.png: it is none of PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP\n',
    });
  });

  const nothing = () => undefined;
  const cases: readonly [title: string, code: string, words: RegExp, argv: string[], make?: () => unknown][] = [
    ['a strength above 1', 'bad-strength', /1\.5/, ['--strengths', '0.1,1.5']],
    ['strengths that are no numbers', 'bad-strengths', /"many"/, ['--strengths', 'many']],
    ['a single variant', 'bad-variants', /at least 2, got 1/, ['--variants', '1']],
    ['too few images', 'bad-images', /at least 10, got 3/, ['--images', '3']],
    ['more images than are held out', 'bad-images', /at most 30.*31/, ['--images', '31']],
    ['a target of 1', 'bad-target', /below 1, got 1/, ['--target', '1']],
    ['a diversity that is no number', 'bad-min-diversity', /"x"/, ['--min-diversity', 'x']],
    ['no steps', 'bad-steps', /0/, ['--steps', '0']],
    ['an unknown solver', 'unknown-solver', /huen/, ['--solver', 'huen']],
    ['an unknown engine', 'unknown-engine', /onnx/, ['--engine', 'torch']],
    ['a model that is not there', 'no-such-model', /absent/, ['--model', 'absent/absent/absent']],
    ['a classifier that is not there', 'no-such-file', /absent/, ['--classifier', join(root, 'absent.json')]],
    ['an output that is a file', 'bad-output', /not a folder/, ['--out', join(root, 'package.json')]],
    ['a fit that is none', 'unknown-fit', /crop/, ['--fit', 'crop']],
    ['data that are not there', 'no-such-dataset', /missing/, ['--dry-run'], () => path('missing')],
    ['images of one class', 'no-labels', /folder of its own/, ['--dry-run'], () => picture('pictures/cat/1.png', 28)],
    ['images of another size', 'wrong-image-size', /9 x 9/, ['--dry-run'], () => picture('pictures/cat/1.png', 9)],
    ['a folder without data', 'not-a-dataset', /IDX/, ['--dry-run'], () => path('empty')],
  ];
  for (const [title, code, words, argv, make = nothing] of cases) {
    it(`${title} gets one line with ${code}, status 2 and nothing written`, () =>
      expectNoLeak(async () => {
        mkdirSync(path('empty'));
        const folder = (await make()) ?? path('data');
        const before = readdirSync(path(), { recursive: true });
        const given = [
          'tune',
          String(folder),
          '--model',
          MODEL,
          '--backend',
          'wasm',
          '--out',
          path('out'),
          ...SMALL,
          ...argv,
        ];
        const { status, stdout, stderr } = await runInProcess(given);
        expect(stderr)
          .to.match(new RegExp(`^error ${code}: [^\n]+\n$`))
          .and.match(words);
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
        expect(readdirSync(path(), { recursive: true })).to.deep.equal(before);
      }));
  }

  it('says so when the classifier gets too few images right', async () => {
    const data = stripes(COUNT);
    const trained = await trainClassifier(
      { ...data, labels: data.labels.map((label) => 1 - label) },
      {
        places: Array.from({ length: 200 }, (_, n) => n),
      },
    );
    const file = await writeClassifier(trained, path('wrong'));
    trained.dispose();
    const tensors = tf.memory().numTensors;
    const { status, stderr } = await tune('--classifier', file);
    expect(status).to.equal(2);
    expect(stderr).to.match(/error too-few-images: [^\n]+\n$/);
    expect(existsSync(path('out'))).to.equal(false);
    expect(tf.memory().numTensors).to.equal(tensors);
  });
});
