import { expect } from 'chai';
import { toCascade } from '../../../src/cli/enhance/cascadeText.ts';
import type { CascadeTuning } from '../../../src/cli/tune/cascade/options.ts';
import { codeOf, commandOf } from '../../../src/cli/tune/cascade/ready.ts';

const TUNING: CascadeTuning = {
  ...{ images: 24, fit: 'exact', factor: 4, degrade: 'bicubic', noise: 0, goal: 'fidelity', samples: 4 },
  ...{ evaluations: 20, way: {}, seed: '0' },
};
const ready = (cascade: string, tuning: Partial<CascadeTuning> = {}, model = 'models/my-28') => ({
  ...{ tuning: { ...TUNING, ...tuning }, model, cascade: toCascade(cascade) },
});

describe('what to do with a cascade that was chosen', () => {
  it('is as short as defaults allow', () => {
    const one = ready('15x0.3..0.05', { samples: 1 });
    expect(commandOf(one)).to.equal(
      'boomerang enhance IMAGE… --model models/my-28 --factor 4 --cascade 15x0.3..0.05 --out DIR',
    );
    expect(codeOf(one)).to.equal(
      "await enhance(model, images, { factor: 4, cascade: fallingCascade(15, 0.3, 0.05), seed: '0' })",
    );
  });

  it('takes the mean of several results for fidelity, and one for looks', () => {
    expect(commandOf(ready('0.3x5'))).to.include('--samples 4');
    expect(codeOf(ready('0.3x5'))).to.include('cascade: [{ strength: 0.3, steps: 5 }], samples: 4');
    expect(commandOf(ready('0.3x5', { goal: 'looks' }))).to.not.include('--samples');
    expect(codeOf(ready('0.3x5', { goal: 'looks' }))).to.not.include('samples');
  });

  it('says all that was said of how to return, in words that a shell and a program read', () => {
    const way = { solver: 'ddim', eta: 0.5, prompt: "a dog's nose", negativePrompt: 'blur', guidance: 2 };
    const one = ready('0.3x5,0.2x5', { degrade: 'mean', noise: 2, way }, 'my models/a');
    expect(commandOf(one)).to.equal(
      [
        "boomerang enhance IMAGE… --model 'my models/a' --factor 4 --degrade mean --noise 2 --solver ddim --eta 0.5",
        "--prompt 'a dog'\\''s nose' --negative-prompt blur --guidance 2 --cascade 0.3x5,0.2x5 --samples 4 --out DIR",
      ].join(' '),
    );
    expect(codeOf(one)).to.include("noise: 2 / 255, solver: 'ddim', eta: 0.5, prompt: 'a dog\\'s nose'");
  });
});
