import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import sharp from 'sharp';
import { pixelsAt } from '../../../src/node/data/pixels.ts';
import { toBytes } from '../../../src/node/images.ts';
import type { Done, Variant } from '../../../src/studio/api.ts';
import { type Choice, USUAL } from '../../../src/studio/choice.ts';
import { augmentFrom, boomerangAugment } from '../../../src/transforms/boomerang/boomerangAugment.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import {
  allEvents,
  askStudio,
  eventsOf,
  greyImages,
  startStudio,
  type TestStudio,
} from '../../support/studioServer.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const at = (path: string, change: Partial<Choice>): string =>
  `/api/${path}?choice=${encodeURIComponent(JSON.stringify({ ...USUAL, images: [3, 8], seed: 'a', ...change }))}`;

const bytesOf = async ({ url }: Variant): Promise<number[]> => [
  ...(await sharp(Buffer.from(url.slice('data:image/png;base64,'.length), 'base64'))
    .toColourspace('b-w')
    .raw()
    .toBuffer()),
];

describe('variants in the studio', () => {
  const data = greyImages();
  const model = gaussianModel();
  let studio: TestStudio;
  beforeEach(async () => {
    studio = await startStudio({ model, data });
  });
  afterEach(() => studio.close());
  const variantsOf = async (path: string, change: Partial<Choice> = {}): Promise<Variant[]> =>
    (await allEvents(studio, at(path, change))).of<Variant>('variant');
  const imagesAt = (places: readonly number[]): tf.Tensor4D =>
    tf.tensor4d(pixelsAt(data, places), [places.length, 4, 4, 1]);
  const bytesIn = async (images: tf.Tensor): Promise<number[]> => {
    const bytes = [...toBytes(await images.data<'float32'>())];
    images.dispose();
    return bytes;
  };

  it('are as many of each image as were asked for, and cost what they take', () =>
    expectNoLeak(async () => {
      const { of } = await allEvents(studio, at('variants', { variants: 3, strength: 0.4 }));
      const told = of<Variant>('variant');
      const places = told.map(({ image, variant }) => `${image} ${variant}`).sort();
      expect(places).to.deep.equal(['3 0', '3 1', '3 2', '8 0', '8 1', '8 2']);
      for (const { strength, epoch, distance, isKept } of told) {
        expect({ strength, epoch, isKept }).to.deep.equal({ strength: 0.4, epoch: 0, isKept: false });
        expect(distance).to.be.above(0);
      }
      expect(of<Done>('done')).to.have.length(1);
      expect(of<Done>('done')[0]?.secondsPerThousand).to.be.above(0);
    }));

  it('have the bytes that boomerangAugment gives to the copies of its first epoch', async () => {
    const told = await variantsOf('variants', {
      variants: 2,
      strength: 0.4,
      way: { solver: 'ddim', eta: 1, steps: 4 },
    });
    const augment = boomerangAugment({ model, seed: 'a', strength: 0.4, solver: 'ddim', eta: 1, steps: 4 });
    for (const index of [0, 1]) {
      const element = imagesAt([8, 3]); // another order, another batch
      const changed = await augment.async(element, { epoch: 0, copy: { index, of: 2 } });
      const bytes = await bytesIn(changed);
      element.dispose();
      for (const [n, image] of [8, 3].entries()) {
        const one = told.find((variant) => variant.image === image && variant.variant === index) as Variant;
        expect(await bytesOf(one)).to.deep.equal(bytes.slice(n * 16, (n + 1) * 16));
      }
    }
  });

  it('are not made again, unless something that decides them is another', async () => {
    const usual = { variants: 2, strength: 0.4 };
    const first = await variantsOf('variants', usual);
    const before = model.asked.images;
    const { events, of } = await allEvents(studio, at('variants', usual));
    expect(model.asked.images).to.equal(before);
    expect(of<Variant>('variant').every(({ isKept }) => isKept)).to.equal(true);
    expect(of<Done>('done')).to.deep.equal([{}]);
    expect(
      events
        .map(({ data: one }) => (one as Variant).url)
        .filter(Boolean)
        .sort(),
    ).to.deep.equal(first.map(({ url }) => url).sort());
    for (const change of [{ seed: 'b' }, { strength: 0.41 }, { way: { steps: 3 } }, { way: { solver: 'heun' } }]) {
      const others = await variantsOf('variants', { ...usual, ...change });
      expect(
        others.some(({ isKept }) => isKept),
        JSON.stringify(change),
      ).to.equal(false);
    }
    const more = await variantsOf('variants', { ...usual, images: [3, 9] });
    expect(more.map(({ image, isKept }) => [image, isKept]).sort()).to.deep.equal([
      [3, true],
      [3, true],
      [9, false],
      [9, false],
    ]);
  });

  it('come nearest first among those that come at once', async () => {
    await variantsOf('variants', { variants: 6, strength: 0.4 });
    const kept = await variantsOf('variants', { variants: 6, strength: 0.4 });
    const distances = kept.map(({ distance }) => distance);
    expect(distances).to.deep.equal([...distances].sort((a, b) => a - b));
  });

  it('are the images themselves at strength 0', async () => {
    const [one] = await variantsOf('variants', { strength: 0, variants: 1, images: [8] });
    expect(one?.distance).to.equal(0);
    expect(await bytesOf(one as Variant)).to.deep.equal([...data.bytes.subarray(8 * 16, 9 * 16)]);
  });

  it('come to nothing where no image is picked', async () => {
    expect((await allEvents(studio, at('variants', { images: [] }))).events).to.deep.equal([
      { type: 'done', data: {} },
    ]);
  });

  it('end with the stream: nothing more is asked of the model', () =>
    expectNoLeak(async () => {
      const many = { images: Array.from({ length: 24 }, (_, n) => n), variants: 12, way: { steps: 200 } };
      const closing = new AbortController();
      const begun = model.asked.images;
      const first = await eventsOf(studio, at('variants', many), closing.signal).next();
      expect((first.value as { type: string }).type).to.equal('variant');
      closing.abort();
      await allEvents(studio, at('variants', { images: [3], variants: 1, seed: 'c' })); // its turn comes after
      expect(model.asked.images - begun).to.be.below((24 * 12 * 200) / 2);
      const before = model.asked.images;
      await new Promise((done) => setImmediate(done));
      expect(model.asked.images).to.equal(before);
      expect(studio.reported).to.deep.equal([]);
    }));

  it('of two pages come one after the other, and what the first made is not made again', async () => {
    const before = model.asked.images;
    const both = await Promise.all([1, 2].map(() => variantsOf('variants', { variants: 3, strength: 0.6 })));
    expect(both.map((told) => told.length)).to.deep.equal([6, 6]);
    expect(model.asked.images - before).to.equal(6 * 7);
  });

  it('over the epochs have the bytes that boomerangAugment gives in each, those left alone included', async () => {
    const schedule = { epochs: 9, strength: ['ramp', 0.1, 0.5], probability: 0.6, bank: 0 };
    const images = [0, 1, 2, 3, 4, 5, 6, 7];
    const told = await variantsOf('epochs', { schedule, images });
    expect([...new Set(told.map(({ epoch }) => epoch))]).to.deep.equal([0, 2, 4, 6, 8]);
    const config = {
      version: 2 as const,
      options: { seed: 'a', strength: { schedule: ['ramp', 0.1, 0.5] }, probability: 0.6, epochs: 9 },
      live: [],
    };
    const augment = augmentFrom(config, { model });
    for (const epoch of [0, 2, 4, 6, 8]) {
      const element = imagesAt(images);
      const bytes = await bytesIn(await augment.async(element, { epoch }));
      element.dispose();
      for (const [n, image] of images.entries()) {
        const one = told.find((variant) => variant.image === image && variant.epoch === epoch) as Variant;
        expect(await bytesOf(one)).to.deep.equal(bytes.slice(n * 16, (n + 1) * 16));
        expect([0, 0.1 + (0.4 * epoch) / 8].some((strength) => Math.abs(strength - one.strength) < 1e-9)).to.equal(
          true,
        );
        expect(one.strength === 0).to.equal(one.distance === 0);
      }
    }
    const changed = told.filter(({ strength }) => strength > 0).length / told.length;
    expect(changed).to.be.closeTo(0.6, 5 * Math.sqrt(0.24 / told.length));
  });

  it('over the epochs are drawn from a bank, and begin where what adapts begins', async () => {
    const bank = { epochs: 9, strength: 0.3, probability: 1, bank: 2 };
    const drawn = await variantsOf('epochs', { schedule: bank, images: [3] });
    expect(new Set(drawn.map(({ url }) => url)).size).to.be.within(1, 2);
    const adaptive = {
      epochs: 9,
      strength: ['ramp', 0.2, 0.9],
      probability: 1,
      bank: 0,
      adaptive: { target: 0.9, step: 0.05 },
    };
    const told = await variantsOf('epochs', { schedule: adaptive, images: [3] });
    expect(told.map(({ strength }) => strength)).to.deep.equal([0.2, 0.2, 0.2, 0.2, 0.2]);
  });

  it('over the epochs are kept, and leave no tensor', () =>
    expectNoLeak(async () => {
      const first = await variantsOf('epochs');
      const before = model.asked.images;
      const again = await variantsOf('epochs');
      expect(model.asked.images).to.equal(before);
      expect(again.every(({ isKept }) => isKept)).to.equal(true);
      expect(again.map(({ url }) => url)).to.deep.equal(first.map(({ url }) => url));
    }));

  for (const [words, path, code] of [
    ['an image that is not there', at('variants', { images: [30] }), 'no-such-image'],
    ['a solver that is none', at('variants', { way: { solver: 'nope' } }), 'unknown-solver'],
    ['classes of a model that has none', at('variants', { way: { conditional: true } }), 'bad-label'],
    ['a prompt for a model without text', at('variants', { way: { prompt: 'a shoe' } }), 'bad-prompt'],
    ['a strength outside', at('variants', { strength: 1.5 }), 'bad-choice'],
    ['no choice', '/api/variants', 'bad-choice'],
    ['a choice that is no JSON', '/api/variants?choice=%7B', 'bad-choice'],
    ['a curve that is none', at('epochs', { schedule: { ...USUAL.schedule, strength: ['nope'] } }), 'bad-config'],
    ['an image that is not there, in epochs', at('epochs', { images: [30] }), 'no-such-image'],
  ] as const) {
    it(`refuse ${words} at once`, async () => {
      const { status, text } = await askStudio(studio, path, { headers: { cookie: studio.cookie } });
      expect([status, JSON.parse(text).error.code]).to.deep.equal([400, code]);
    });
  }

  it('tell a fault, and report it, where the model breaks', async () => {
    const predictAsync = async (): Promise<never> => {
      throw new Error('a thread in /home/somebody died');
    };
    const broken = await startStudio({ model: { ...model, predictAsync }, data });
    try {
      const { events } = await allEvents(broken, at('variants', {}));
      expect(events.map(({ type, data: fault }) => [type, (fault as { code: string }).code])).to.deep.equal([
        ['fault', 'internal'],
      ]);
      expect(JSON.stringify(events)).to.not.include('/home');
      expect(String(broken.reported[0])).to.include('died');
    } finally {
      await broken.close();
    }
  });
});
