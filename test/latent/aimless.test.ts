import { expect } from 'chai';
import { checkAim } from '../../src/returns/aim.ts';
import { planReturn } from '../../src/returns/plan.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { saidWhile } from '../support/said.ts';

describe('guidance that leads nowhere', () => {
  const classes = { ...gaussianModel(), labels: { count: 3, nullLabel: 2 } };
  const text = { tokens: 1, width: 1, embed: () => [], embedAsync: async () => [], release() {} };
  const texts = { ...gaussianModel(), text };

  it('is said once, with what would lead somewhere', async () => {
    const said = await saidWhile(() => {
      for (const _ of [1, 2]) checkAim(texts, { guidance: 7 });
      checkAim(texts, { guidance: 8, prompt: '' });
      checkAim(classes, { guidance: 9 });
    });
    expect(said).to.have.length(3);
    expect(said[0]).to.match(/guidance 7 leads nowhere.*say a prompt/);
    expect(said[2]).to.match(/guidance 9 leads nowhere.*classes/);
  });

  it('is of the same kind as a round trip without an autoencoder, which is said as well', async () => {
    const said = await saidWhile(() => {
      for (const _ of [1, 2]) planReturn(gaussianModel(), { strength: 0, roundTrip: true });
    });
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/roundTrip does nothing/);
  });

  it('is not said where there is something to lead to, or nothing is led', async () => {
    const said = await saidWhile(() => {
      checkAim(texts, { guidance: 7.3, prompt: 'a cat' });
      checkAim(texts, { guidance: 7.3, negativePrompt: 'a dog' });
      checkAim(texts, {});
      checkAim(classes, { guidance: 7.3, toClasses: true });
      checkAim({ ...texts, takesGuidance: true }, { guidance: 7.3 });
    });
    expect(said).to.deep.equal([]);
  });
});
