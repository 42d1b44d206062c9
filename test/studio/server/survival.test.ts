import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { pixelsAt } from '../../../src/node/data/pixels.ts';
import { type SweepPoint, sweep } from '../../../src/node/tuning/sweep.ts';
import type { Lost, Stage, SurvivalPoint } from '../../../src/studio/api.ts';
import { type Choice, USUAL } from '../../../src/studio/choice.ts';
import { makeJudging } from '../../../src/studio/server/judging.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { stripes } from '../../support/stripes.ts';
import { allEvents, eventsOf, greyImages, startStudio, type TestStudio } from '../../support/studioServer.ts';
import { expectNoLeak } from '../../support/tensors.ts';

const MEASURE = { ...USUAL.measure, images: 12, variants: 2 };
const WAY = { steps: 2 };
const at = (path: string, change: Partial<Choice> = {}): string => {
  const choice = { ...USUAL, seed: 'a', measure: MEASURE, way: WAY, ...change };
  return `/api/${path}?choice=${encodeURIComponent(JSON.stringify(choice))}`;
};

describe('survival in the studio', () => {
  const data = stripes(200);
  const model = gaussianModel([28, 28, 1], 0.5);
  let studio: TestStudio;
  beforeEach(async () => {
    studio = await startStudio({ model, data });
  });
  afterEach(() => studio.close());

  it('is what tune measures, strength by strength, with the classes that were measured', async () => {
    const { of, events } = await allEvents(studio, at('survival'));
    const points = of<SurvivalPoint>('point');
    const strengths = points.map(({ strength }) => strength).sort((a, b) => a - b);
    expect(strengths).to.deep.equal([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8]);
    expect(events.at(-1)).to.deep.equal({ type: 'done', data: {} });
    const { labels, swept } = await sweepAlone();
    for (const point of swept) {
      const told = points.find(({ strength }) => strength === point.strength);
      const { secondsPerVariant, ...figures } = told as SurvivalPoint;
      const { retention, rms, diversity, kept, strength } = point;
      expect(figures).to.deep.equal({ strength, retention, rms, diversity, kept, labels });
      expect(secondsPerVariant).to.be.above(0);
    }
  });

  it('tells that a classifier learns where it is not there yet, and how far the measuring is', async () => {
    const own = stripes(210); // of which none was kept
    const other = await startStudio({ model, data: own });
    try {
      const stages = (await allEvents(other, at('survival'))).of<Stage>('stage');
      expect(stages.some(({ text }) => text.startsWith('a classifier learns'))).to.equal(true);
      expect(stages.some(({ text }) => text.startsWith('measuring strength'))).to.equal(true);
      for (const { share } of stages) expect(share).to.be.within(0, 1);
    } finally {
      await other.close();
    }
  });

  it('is measured once, and anew where the way is another', async () => {
    const first = (await allEvents(studio, at('survival'))).of<SurvivalPoint>('point');
    const before = model.asked.images;
    const target = { ...MEASURE, target: 0.5, minDiversity: 0.1 };
    const { of } = await allEvents(studio, at('survival', { measure: target, strength: 0.7, images: [1] }));
    expect(of<SurvivalPoint>('point')).to.deep.equal(first);
    expect(model.asked.images).to.equal(before);
    for (const change of [{ seed: 'b' }, { way: { steps: 3 } }, { measure: { ...MEASURE, variants: 3 } }]) {
      const closing = new AbortController();
      for await (const { type } of eventsOf(studio, at('survival', change), closing.signal))
        if (type === 'point') break;
      closing.abort();
      expect(model.asked.images, JSON.stringify(change)).to.be.above(before);
    }
  });

  it('goes on where a stream was closed, and leaves no tensor', async () => {
    const closing = new AbortController();
    for await (const { type } of eventsOf(studio, at('survival'), closing.signal)) if (type === 'point') break;
    closing.abort();
    await allEvents(studio, at('variants', { images: [1], variants: 1 })); // its turn comes when what was closed is over
    await expectNoLeak(async () => {
      const { of } = await allEvents(studio, at('survival'));
      expect(of<SurvivalPoint>('point')).to.have.length(10);
    });
  });

  it('lets a variant be seen before the whole curve is there', async () => {
    const order: string[] = [];
    const curve = allEvents(studio, at('survival', { seed: 'c' })).then(() => order.push('curve'));
    await allEvents(studio, at('variants', { images: [1], variants: 1 }));
    order.push('variant');
    await curve;
    expect(order).to.deep.equal(['variant', 'curve']);
  });

  it('shows the variants that a point counts as lost', async () => {
    const points = (await allEvents(studio, at('survival'))).of<SurvivalPoint>('point');
    const { kept } = points.find(({ strength }) => strength === 0.8) as SurvivalPoint;
    await expectNoLeak(async () => {
      const { of, events } = await allEvents(studio, at('survival/lost', { strength: 0.8 }));
      const lost = of<Lost>('lost');
      expect(lost.length).to.be.above(0);
      expect(lost.length).to.equal(kept.reduce((sum, share) => sum + 2 * (1 - share), 0));
      for (const { was, became, image, strength, distance, isKept, url } of lost) {
        expect([was, became]).to.deep.equal([data.labels[image], 1 - was]);
        expect([strength, isKept, distance > 0, url.startsWith('data:image/png;base64,')]).to.deep.equal([
          0.8,
          false,
          true,
          true,
        ]);
      }
      expect(events.at(-1)?.type).to.equal('done');
      const before = model.asked.images;
      const again = await allEvents(studio, at('survival/lost', { strength: 0.8 }));
      expect(again.of<Lost>('lost')).to.deep.equal(lost.map((one) => ({ ...one, isKept: true })));
      expect(model.asked.images).to.equal(before);
    });
  });

  it('is refused, before a classifier learns, where too few images are held out', async () => {
    const few = await startStudio({ data: greyImages() });
    try {
      for (const path of ['survival', 'survival/lost']) {
        const { events } = await allEvents(few, at(path));
        expect(events.map(({ type, data: fault }) => [type, (fault as { code: string }).code])).to.deep.equal([
          ['fault', 'too-few-images'],
        ]);
      }
    } finally {
      await few.close();
    }
  });

  it('tells of a classifier that cannot be opened, without the folder it lies in', async () => {
    const named = await startStudio({ model, data, classifier: '/home/somebody/secret/model.json' });
    try {
      const { events } = await allEvents(named, at('survival'));
      expect(events).to.have.length(1);
      expect(events[0]?.type).to.equal('fault');
      expect(JSON.stringify(events)).to.not.include('/home');
    } finally {
      await named.close();
    }
  });

  /** Two of the strengths, by the parts that tune is made of. */
  const sweepAlone = async (): Promise<{ labels: readonly number[]; swept: readonly SweepPoint[] }> => {
    const judging = makeJudging({ data });
    const { signal } = new AbortController();
    const { classify, rightOf } = await judging.find({ signal, onTraining: () => undefined });
    const places = rightOf(12);
    const labels = places.map((place) => data.labels[place] as number);
    const images = tf.tensor4d(pixelsAt(data, places), [places.length, 28, 28, 1]);
    const tuning = { strengths: [0.2, 0.8], variants: 2, way: WAY, seed: 'a' };
    const work = { tuning, signal, known: [], onEvaluated: () => undefined, onPoint: async () => undefined };
    try {
      return { labels, swept: (await sweep(model, { images, judge: { labels, classify }, shown: [] }, work)).points };
    } finally {
      images.dispose();
      judging.dispose();
    }
  };
});
