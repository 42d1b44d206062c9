import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Evaluation } from '../../../src/cli/evaluate/measure.ts';
import { runInProcess } from '../../support/cli.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { root } from '../../support/shared.ts';
import { stripes, writeIdx } from '../../support/stripes.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const MODEL = join(root, 'models/fashion-28');
const SMALL = ['--images', '20', '--returns', '10', '--strengths', '0.1,0.9', '--steps', '2', '--backend', 'wasm'];

describe('boomerang evaluate', () => {
  const path = scratchFolder();
  const evaluate = (...argv: string[]) => runInProcess(['evaluate', MODEL, path('data'), ...SMALL, ...argv]);
  const figures = async (...argv: string[]): Promise<Evaluation> => {
    const { status, stdout, stderr } = await evaluate('--json', ...argv);
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  };

  beforeEach(() => {
    writeIdx(path('data'), stripes(300));
    writeIdx(path('test'), stripes(40));
    for (const name of readdirSync(path('test'))) {
      copyFileSync(path(`test/${name}`), path(`data/${name.replace('train', 't10k')}`));
    }
  });

  it('measures error, labels kept and variance kept, with and without the label', async () => {
    const { quality, labelGiven, classifier, returned, returns } = await figures();
    expect(quality.images).to.equal(20);
    expect(quality.fifths).to.have.length(5);
    expect(quality.fifths[0]).to.be.above(quality.fifths[4] as number);
    expect(labelGiven).to.equal(true);
    expect(classifier?.accuracy).to.be.above(0.9);
    expect(returned).to.equal(10);
    expect(returns.map((one) => [one.strength, one.labelGiven])).to.deep.equal([
      [0.1, false],
      [0.1, true],
      [0.9, false],
      [0.9, true],
    ]);
    expect(returns[0]?.retention?.mean).to.be.above(returns[2]?.retention?.mean as number);
    expect(returns[0]?.varianceKept).to.be.within(0.7, 1.2);
  });

  it('takes as many evaluations as its estimate says', async () => {
    const { stdout } = await evaluate('--json', '--dry-run');
    expect(JSON.parse(stdout)).to.include({ evaluations: 2 * 20 + 10 * 2 * 2 * 2 });
    expect((await figures()).evaluations).to.equal(JSON.parse(stdout).evaluations);
  });

  it('gives the same figures for the same seed, and others for another', async () => {
    const once = await figures('--no-classifier');
    expect(once.returns[0]).to.not.have.property('retention');
    expect(await figures('--no-classifier')).to.deep.equal(once);
    expect((await figures('--no-classifier', '--seed', 'b')).quality.error).to.not.equal(once.quality.error);
  });

  it('gives the same figures on either engine', async () => {
    const [onnx, tfjs] = [await figures('--no-classifier'), await figures('--no-classifier', '--engine', 'tfjs')];
    expect(tfjs.quality.error).to.be.closeTo(onnx.quality.error, 1e-4 * onnx.quality.error);
  });

  it('prints a table for people and leaves no tensors behind', () =>
    expectNoLeak(async () => {
      const { status, stdout } = await evaluate();
      expect(status).to.equal(0);
      expect(stdout).to.match(/^mean squared epsilon error +[\d.]+\n.*20 images, label given/);
      expect(stdout).to.match(/strength +label +labels kept/);
    }));

  const refusals: readonly [title: string, argv: string[], code: string][] = [
    ['no images', ['--images', '0'], 'bad-images'],
    ['an unknown part', ['--part', 'most'], 'bad-part'],
    ['a strength that is none', ['--strengths', '2', '--no-classifier'], 'bad-strength'],
  ];
  for (const [title, argv, code] of refusals) {
    it(`refuses ${title} in one line`, async () => {
      const { status, stderr } = await evaluate(...argv);
      expect(stderr).to.match(new RegExp(`error ${code}: [^\\n]+\\n$`));
      expect(status).to.equal(2);
    });
  }
});
