import { expect } from 'chai';
import { imageSet } from '../../../src/node/data/imageSet.ts';
import { withLabels } from '../../../src/node/data/labelledImages.ts';
import { type Choice, USUAL } from '../../../src/studio/choice.ts';
import { readAsked } from '../../../src/studio/server/asked.ts';
import { nameImages, throwsOf } from '../../../src/studio/server/variants/throws.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { greyImages } from '../../support/studioServer.ts';

describe('what a choice asks of a model', () => {
  const { bytes, imageShape, labels } = greyImages();
  const data = withLabels(imageSet({ bytes, imageShape, labels, classes: ['left', 'right'] }), 'greys');
  const classed = { ...gaussianModel(), labels: { count: 4, nullLabel: 3, classes: ['right', 'up', 'left'] } };
  const choice = (way: Choice['way']): Choice => ({ ...USUAL, images: [0, 1], way });

  it('is told by the name of each class, whatever its number in the data', () => {
    const { told, isConditional } = readAsked({ model: classed, data }, choice({ conditional: true }));
    expect([told, isConditional]).to.deep.equal([[2, 0], true]);
  });

  it('is the null label where images are not to return to their own', () => {
    const asked = readAsked({ model: classed, data }, choice({ steps: 3 }));
    expect(asked).to.deep.equal({ way: { steps: 3 }, isConditional: false, told: undefined });
  });

  it('throws each image to its own class, by the address of its pixels', () => {
    const images = nameImages({ data });
    for (const [conditional, aims] of [
      [true, [2, 0]],
      [false, [undefined, undefined]],
    ] as const) {
      const chosen = choice({ conditional });
      const asked = readAsked({ model: classed, data }, chosen);
      const thrown = throwsOf({ model: classed, data }, images, { choice: chosen, asked });
      const made = [0, 1].map((image) => thrown({ image, variant: 5 }));
      expect(made.map(({ aim }) => aim.label)).to.deep.equal(aims);
      for (const { address, image } of made) {
        expect(address).to.deep.equal({ seed: '0', key: image.digest, variant: 5, epoch: 0, throwEpoch: 0 });
      }
    }
  });
});
