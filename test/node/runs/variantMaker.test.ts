import { expect } from 'chai';
import { NumericError } from '../../../src/errors.ts';
import type { Model } from '../../../src/models/model.ts';
import type { ImageSource } from '../../../src/node/data/source.ts';
import { planRun } from '../../../src/node/runs/planRun.ts';
import type { ReadImage } from '../../../src/node/runs/readImages.ts';
import { variantMaker } from '../../../src/node/runs/variantMaker.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { rejection } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const imageAt = (place: number, value = place): ReadImage => {
  const pixels = Uint8Array.from({ length: 16 }, (_, i) => 60 + 8 * i + value);
  return { place, name: `image ${place}`, shape: [4, 4, 1], pixels, changes: [] };
};

/** Images that are there already. */
const openedOf = (images: readonly ReadImage[], classes?: readonly string[]) => {
  const at: ImageSource['at'] = async function* (places) {
    for (const { place, name, pixels: bytes } of images) {
      if (places.has(place)) yield { place, name, content: { bytes, shape: [4, 4, 1] } };
    }
  };
  const layout = { container: 'folder', content: 'pictures', pictures: [] } as const;
  const facts = { digest: 'none', count: images.length, ...(classes ? { classes } : {}) };
  return { source: { ...facts, layout, images: at(new Set()), at }, facts };
};

const planOf = (model: Model, images: readonly ReadImage[], distance?: { max: number }) =>
  planRun({
    ...{ data: 'nowhere', opened: openedOf(images), model, variants: 2 },
    augment: { seed: 's', strength: 0.5, steps: 1, ...(distance ? { distance } : {}) },
  });

describe('the variants of a shard', () => {
  const images = [imageAt(0), imageAt(1), imageAt(2)];

  it('go by the names of all that was tried, also after a batch that failed', () =>
    expectNoLeak(async () => {
      const model = gaussianModel();
      let isBroken = true;
      const flaky: Model = {
        ...model,
        async predictAsync(x, timesteps, condition) {
          if (!isBroken) return model.predictAsync(x, timesteps, condition);
          isBroken = false;
          throw new NumericError('not-finite', 'for once');
        },
      };
      const plan = await planOf(model, images);
      const make = variantMaker(plan, { model: flaky });
      expect((await rejection(make(images, 0))).message).to.equal('for once');
      const again = await make(images.slice(1), 0);
      const whole = await variantMaker(plan, { model })(images, 0);
      expect(again).to.deep.equal(whole.slice(1));
      expect(new Set(whole.flatMap(({ bankNames }) => bankNames)).size).to.equal(3);
    }));

  it('of images that are equal are equal, and each has its own account', async () => {
    const model = gaussianModel();
    const equal = [imageAt(0, 5), imageAt(1, 9), imageAt(2, 5)];
    const plan = await planOf(model, equal, { max: 0 }); // none passes, and three are tried of each
    const made = await variantMaker(plan, { model })(equal, 1);
    expect(made[2]).to.deep.equal(made[0]);
    expect(made.map(({ bankNames }) => bankNames.length)).to.deep.equal([3, 3, 3]);
    expect(made.map(({ record }) => record?.variant)).to.deep.equal([5, 5, 5]); // 1, 3 and 5 of two that take turns
    expect(made.map(({ pixels }) => [...pixels])).to.deep.equal(equal.map(({ pixels }) => [...pixels]));
  });
});

describe('the plan of a run', () => {
  it('has no more classes as IDX than a byte can tell', async () => {
    const classes = Array.from({ length: 257 }, (_, n) => `class ${n}`);
    const opened = openedOf([imageAt(0)], classes);
    const options = {
      data: 'nowhere',
      opened,
      model: gaussianModel(),
      variants: 1,
      augment: { seed: 's', strength: 0.5 },
    };
    const error = await rejection(planRun({ ...options, format: 'idx' }));
    expect(error)
      .to.include({ code: 'bad-format' })
      .and.property('message')
      .match(/257 classes/);
    expect((await planRun(options)).shardImages).to.equal(256);
  });

  it('has shards of fewer images where these are large', async () => {
    const model = gaussianModel([1024, 1024, 3]);
    const options = {
      data: 'nowhere',
      opened: openedOf([]),
      model,
      variants: 1,
      augment: { seed: 's', strength: 0.5 },
    };
    expect((await planRun(options)).shardImages).to.equal(21);
  });
});
