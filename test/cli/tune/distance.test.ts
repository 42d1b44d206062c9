import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { shownOf } from '../../../src/cli/tune/measure.ts';
import type { TuneReport } from '../../../src/cli/tune/report.ts';
import { userCacheFolder } from '../../../src/node/cacheFolder.ts';
import { writePng } from '../../../src/node/images.ts';
import { runInProcess } from '../../support/cli.ts';
import { ldmFiles, stableFiles, writeFiles } from '../../support/latentPipeline.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { stripes } from '../../support/stripes.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const COUNT = 100;

describe('boomerang tune --by distance', () => {
  const path = scratchFolder();
  /** Images without classes, side by side in a folder. */
  beforeEach(async () => {
    const { bytes, imageShape } = stripes(COUNT);
    const size = imageShape[0] * imageShape[1];
    writeFiles(path('ldm'), ldmFiles());
    mkdirSync(path('data'));
    for (let n = 0; n < COUNT; n += 1) {
      const pixels = Float32Array.from(bytes.subarray(n * size, (n + 1) * size), (byte) => byte / 255);
      await writePng(path(`data/${n}.png`), pixels, imageShape);
    }
  });
  const tune = (...argv: string[]) =>
    runInProcess([
      ...['tune', path('data'), '--model', path('ldm'), '--out', path('out'), '--fit', 'resize', '--engine', 'tfjs'],
      ...['--images', '10', '--variants', '2', '--steps', '1', '--strengths', '0.1,0.9', '--backend', 'wasm', ...argv],
    ]);
  const byDistance = (...argv: string[]) => tune('--by', 'distance', ...argv);

  it('takes images without labels, asks no classifier, and says from where on variants differ', () =>
    expectNoLeak(async () => {
      const folder = userCacheFolder('classifiers');
      const trained = () => (existsSync(folder) ? readdirSync(folder) : []);
      const before = trained();
      const { status, stderr } = await byDistance('--images', '20');
      expect(status, stderr).to.equal(2); // a tenth of 100 is held out
      const report: TuneReport = JSON.parse((await byDistance('--json')).stdout);
      expect(report).to.deep.include({ by: 'distance', target: null, reach: null, perClass: [] });
      expect(report.data).to.include({ measured: 10, validation: 10, classifier: null, accuracy: null });
      for (const point of [...report.points, report.roundTrip]) expect(point).to.not.have.any.keys('retention', 'kept');
      const [near, far] = report.points;
      expect(far?.diversity.mean).to.be.above(near?.diversity.mean as number);
      expect(report.band?.[0]).to.be.within(0, 0.9);
      expect(report.band?.[1]).to.equal(0.9);
      expect(trained()).to.deep.equal(before);
    }));

  it('prints a table without labels, and what was not asked', async () => {
    const { stdout, stderr } = await byDistance();
    expect(stdout)
      .to.match(/^ *strength +RMS +SSIM +diversity/m)
      .and.match(/variants differ by at least 0\.03 from strength 0\.\d\d on/);
    expect(stdout)
      .to.match(/whether labels survive was not asked/)
      .and.match(/the autoencoder alone, without a throw, is at RMS/);
    expect(stdout).to.not.match(/labels kept|class +images|NaN|undefined|Infinity/);
    expect(stderr)
      .to.match(/wrote .*tune\.png/)
      .and.not.match(/classifier/);
    expect((await byDistance('--min-diversity', '0.9')).stdout).to.match(/variants do not differ by 0\.9 at any/);
  });

  it('shows an image of each class, or the first ones where there are no classes', () => {
    expect(shownOf({ hasLabels: true }, [1, 1, 0])).to.deep.equal([0, 2]);
    expect(shownOf({ hasLabels: false }, [0, 0, 0])).to.deep.equal([0, 1, 2]);
    expect(shownOf({ hasLabels: false }, new Array(9).fill(0))).to.have.length(6);
  });

  it('knows no names of classes for a prompt', async () => {
    writeFiles(path('ldm'), await stableFiles()); // in place of a model without text
    const { stderr } = await byDistance('--prompt', 'a {class}');
    expect(stderr).to.match(/^error bad-prompt: [^\n]*needs the label of each image[^\n]*\n$/);
  });

  it('estimates what it takes', async () => {
    const estimate = JSON.parse((await byDistance('--json', '--dry-run')).stdout);
    expect(estimate).to.include({ variants: 40, evaluations: 40, trainingSeconds: 0 });
    expect(JSON.parse((await byDistance('--json')).stdout).evaluations).to.equal(40);
  });

  for (const [argv, code, message] of [
    [['--by', 'distance', '--target', '0.5'], 'bad-target', /about labels/],
    [['--by', 'distance', '--classifier', 'x.json'], 'bad-classifier', /about labels/],
    [['--by', 'distances'], 'unknown-measure', /did you mean "distance"|labels, distance/],
    [['--by', 'distance', '--conditional'], 'no-labels', /no labels/],
    [['--by', 'labels'], 'no-labels', /or say --by distance/],
  ] as const) {
    it(`${argv.join(' ')} is refused in one line with ${code}`, async () => {
      const { status, stderr } = await tune(...argv);
      expect(stderr)
        .to.match(new RegExp(`^error ${code}: [^\n]+\n$`))
        .and.match(message);
      expect(status).to.equal(2);
    });
  }
});
