import { expect } from 'chai';
import sharp from 'sharp';
import { imageSet } from '../../../src/node/data/imageSet.ts';
import { withLabels } from '../../../src/node/data/labelledImages.ts';
import type { About, ImagePage } from '../../../src/studio/api.ts';
import { USUAL } from '../../../src/studio/choice.ts';
import { studioContext } from '../../../src/studio/server/context.ts';
import { aboutOf } from '../../../src/studio/server/routes/about.ts';
import { sheetOf } from '../../../src/studio/server/sheet.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import {
  type Answer,
  askStudio,
  greyImages,
  settingOf,
  startStudio,
  type TestStudio,
} from '../../support/studioServer.ts';

describe('what the studio tells of its images', () => {
  const data = {
    ...greyImages(),
    skipped: [
      { name: '/home/somebody/data/greys/broken.png', why: 'it is damaged' },
      { name: 'left/notes.txt', why: 'no image' },
    ],
  };
  let studio: TestStudio;
  before(async () => {
    const session = { ...USUAL, strength: 0.7 };
    studio = await startStudio({ data, runs: ['/home/somebody/runs/first', 'second'], session });
  });
  after(() => studio.close());
  const ask = (path: string, headers = {}): Promise<Answer> =>
    askStudio(studio, path, { headers: { cookie: studio.cookie, ...headers } });
  const json = async <T>(path: string): Promise<T> => JSON.parse((await ask(path)).text) as T;

  it('says what there is, by names and never by paths', async () => {
    const { text } = await ask('/api/about');
    const about = JSON.parse(text) as About;
    expect(about.data).to.deep.equal({
      name: 'greys',
      count: 30,
      heldOut: 3,
      classes: [
        { label: 0, name: 'left', count: 15 },
        { label: 1, name: 'right', count: 15 },
      ],
      refused: [
        { name: 'broken.png', reason: 'it is damaged' },
        { name: 'left/notes.txt', reason: 'no image' },
      ],
    });
    expect(about.model).to.deep.include({ name: 'exact', imageShape: [4, 4, 1], hasText: false, hasClasses: false });
    expect(about.model.usual).to.deep.equal({ solver: 'dpm++2m', steps: 7, eta: 0, guidance: 1 });
    expect(about.model.drawingSolvers).to.deep.equal(['ddim', 'euler-ancestral']);
    expect(about.runs).to.deep.equal(['first', 'second']);
    expect(about.session?.strength).to.equal(0.7);
    expect(text).to.not.include('/home');
  });

  it('says the same place in the schedule by all its names, from no noise on', async () => {
    const { model } = await json<About>('/api/about');
    expect(model.places).to.have.length(101);
    expect(model.places[0]).to.deep.equal({ strength: 0, timestep: 0, sigma: 0, snrDb: null });
    expect(model.places[40]?.timestep).to.be.closeTo(400, 1e-6);
    for (const [n, place] of model.places.entries()) {
      if (n === 0) continue;
      expect(place.sigma).to.be.above(model.places[n - 1]?.sigma as number);
      expect(place.snrDb).to.be.closeTo(-20 * Math.log10(place.sigma), 1e-6);
    }
  });

  it('knows a model with classes only where they are those of the data', async () => {
    const labels = { count: 3, nullLabel: 2, classes: ['left', 'right'] };
    const classes = async (named: readonly string[]): Promise<boolean> => {
      const { bytes, imageShape, labels: own } = data;
      const images = withLabels(imageSet({ bytes, imageShape, labels: own, classes: named }), 'named');
      const other = await startStudio({ data: images, model: { ...gaussianModel(), labels } });
      try {
        const { text } = await askStudio(other, '/api/about', { headers: { cookie: other.cookie } });
        return (JSON.parse(text) as About).model.hasClasses;
      } finally {
        await other.close();
      }
    };
    expect([await classes(['left', 'right']), await classes(['up', 'down'])]).to.deep.equal([true, false]);
  });

  it('names classes that are numbered alone as the model does, where it has as many', async () => {
    const { bytes, imageShape, labels: own } = data;
    const numbered = withLabels(imageSet({ bytes, imageShape, labels: own, classes: ['0', '1'] }), 'numbered');
    const names = (classes: readonly string[]): readonly string[] => {
      const model = { ...gaussianModel(), labels: { count: 4, nullLabel: 3, classes } };
      return aboutOf(settingOf({ data: numbered, model })).data.classes.map(({ name }) => name);
    };
    expect(names(['shirt', 'boot'])).to.deep.equal(['shirt', 'boot']);
    expect(names(['shirt', 'boot', 'bag'])).to.deep.equal(['0', '1']);
  });

  it('draws the sheet with these names', async () => {
    const { bytes, imageShape, labels: own } = data;
    const model = { ...gaussianModel(), labels: { count: 4, nullLabel: 3, classes: ['shirt', 'boot'] } };
    const sheet = async (classes: readonly string[]): Promise<string> => {
      const images = withLabels(imageSet({ bytes, imageShape, labels: own, classes }), 'some');
      const context = studioContext(settingOf({ data: images, model }));
      const choice = { ...USUAL, images: [0, 1], variants: 1, way: { steps: 2 } };
      const drawn = await sheetOf(context, choice, new AbortController().signal);
      context.dispose();
      return Buffer.from(drawn).toString('base64');
    };
    expect(await sheet(['0', '1'])).to.equal(await sheet(['shirt', 'boot']));
    expect(await sheet(['0', '1'])).to.not.equal(await sheet(['left', 'right']));
  });

  it('pages through a class', async () => {
    const first = await json<ImagePage>('/api/images?label=1&size=4');
    expect(first).to.deep.equal({ images: [1, 3, 5, 7].map((image) => ({ image, label: 1 })), total: 15 });
    const last = await json<ImagePage>('/api/images?label=1&page=3&size=4');
    expect(last.images.map(({ image }) => image)).to.deep.equal([25, 27, 29]);
    expect((await json<ImagePage>('/api/images?page=9')).images).to.deep.equal([]);
    expect((await json<ImagePage>('/api/images')).total).to.equal(30);
  });

  it('shows an image in its very pixels, and once', async () => {
    const response = await fetch(`http://127.0.0.1:${studio.port}/api/images/7`, {
      headers: { cookie: studio.cookie },
    });
    const { data: pixels, info } = await sharp(await response.arrayBuffer())
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).to.deep.equal([4, 4, 1]);
    expect([...pixels]).to.deep.equal([...data.bytes.subarray(7 * 16, 8 * 16)]);
    const tag = response.headers.get('etag') as string;
    expect((await ask('/api/images/7', { 'if-none-match': tag })).status).to.equal(304);
    expect((await ask('/api/images/8', { 'if-none-match': tag })).status).to.equal(200);
  });

  for (const query of [
    'label=2',
    'label=-1',
    'label=x',
    'page=-1',
    'page=31',
    'size=0',
    'size=501',
    'size=1.5',
    'size=',
  ]) {
    it(`refuses images?${query}`, async () => {
      const { status, text } = await ask(`/api/images?${query}`);
      const [name] = query.split('=');
      expect([status, JSON.parse(text).error.code]).to.deep.equal([400, `bad-${name}`]);
    });
  }

  it('tells of what fails without stacks or paths, and reports it to the terminal', async () => {
    const broken = await startStudio({
      get data() {
        return { ...greyImages(), imageShape: undefined as never };
      },
    });
    try {
      const { status, text } = await askStudio(broken, '/api/images/0', { headers: { cookie: broken.cookie } });
      expect(status).to.equal(500);
      expect(JSON.parse(text).error.code).to.equal('internal');
      expect(text).to.not.match(/\bat \w|\.ts|node_modules/);
      expect(broken.reported).to.have.length(1);
    } finally {
      await broken.close();
    }
  });
});
