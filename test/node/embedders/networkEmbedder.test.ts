import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { graphBuilder } from '../../../src/engines/onnx/graph.ts';
import { ArgumentError, CheckpointError } from '../../../src/errors.ts';
import { writeClassifier } from '../../../src/node/classifierFile.ts';
import { embedderPorts } from '../../../src/node/embedders/embedderPorts.ts';
import { loadEmbedder } from '../../../src/node/embedders/loadEmbedder.ts';
import type { OpenEmbedder } from '../../../src/node/embedders/openEmbedder.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../../support/tensors.ts';

/** Colours of patches, 8 times 8 of one each. */
const COLOURS = [
  [0, 0.5, 1],
  [0.25, 1, 0.75],
];

const patches = (side: number): tf.Tensor4D =>
  tf.tidy(() => tf.tile(tf.reshape(tf.tensor2d(COLOURS), [COLOURS.length, 1, 1, 3]), [1, side, side, 1]));

type Shape = readonly (number | string)[];

/** An ONNX file of a network that gives the mean colour of an image of 8 times 8. */
const writeOnnx = (
  path: string,
  layout: 'NCHW' | 'NHWC',
  { batch = 'N', outputs = 1 } = {} as Partial<Graph>,
): string => {
  const graph = graphBuilder();
  const axes = graph.integers(layout === 'NCHW' ? [2, 3] : [1, 2]);
  const mean = graph.node('ReduceMean', ['pixels', axes], { keepdims: { int: 0 } });
  const names = Array.from({ length: outputs }, (_, n) => `mean${n}`);
  for (const name of names) graph.output(name, graph.node('Identity', [mean]));
  const shape: Shape = layout === 'NCHW' ? [batch, 3, 8, 8] : [batch, 8, 8, 3];
  const port = (name: string, own: Shape) => ({ name, type: 'float32' as const, shape: own });
  const face = { inputs: [port('pixels', shape)], outputs: names.map((name) => port(name, [batch, 3])), version: '0' };
  writeFileSync(path, graph.encode(face));
  return path;
};

type Graph = { readonly batch: number | string; readonly outputs: number };

const writeLayers = async (folder: string): Promise<string> => {
  const model = layers.sequential();
  model.add(layers.layers.globalAveragePooling2d({ inputShape: [8, 8, 3], dataFormat: 'channelsLast' }));
  const path = await writeClassifier(model, folder);
  model.dispose();
  return path;
};

describe('a network as an embedder', () => {
  const path = scratchFolder();

  const expectMeans = async (embed: OpenEmbedder, images: tf.Tensor4D, colours: readonly number[][] = COLOURS) => {
    const vectors = (await embed(images)) as readonly ArrayLike<number>[];
    images.dispose();
    expect(vectors).to.have.lengthOf(colours.length);
    for (const [n, colour] of colours.entries()) {
      expect(largestDifference(vectors[n] ?? [], colour), `image ${n}`).to.be.below(1e-6);
    }
  };

  for (const [kind, write] of [
    ['an ONNX file, channels last', async () => writeOnnx(path('a.onnx'), 'NHWC')],
    ['an ONNX file, channels first', async () => writeOnnx(path('a.onnx'), 'NCHW')],
    ['an ONNX file that takes one image', async () => writeOnnx(path('a.onnx'), 'NHWC', { batch: 1 })],
    ['a model.json', () => writeLayers(path('model'))],
  ] as const) {
    it(`that is ${kind} sees images in [0, 1], of any size, grey ones as colours`, () =>
      expectNoLeak(async () => {
        const embed = await loadEmbedder(await write());
        await expectMeans(embed, patches(8));
        await expectMeans(embed, patches(20));
        await expectMeans(embed, tf.fill([1, 5, 9, 1], 0.5), [[0.5, 0.5, 0.5]]);
        const odd: tf.Tensor4D = tf.zeros([1, 8, 8, 2]);
        expect(await rejection(Promise.resolve(embed(odd)))).to.include({ code: 'bad-image-shape' });
        odd.dispose();
        await embed.dispose();
      }));
  }

  it('sees nobody where its vector has no length', () =>
    expectNoLeak(async () => {
      for (const place of [writeOnnx(path('a.onnx'), 'NHWC'), await writeLayers(path('model'))]) {
        const embed = await loadEmbedder(place);
        const images = tf.tidy(() => tf.concat([tf.zeros([1, 8, 8, 3]), tf.ones([1, 8, 8, 3])])) as tf.Tensor4D;
        const [dark, bright] = (await embed(images)) as readonly (ArrayLike<number> | null)[];
        expect(dark).to.equal(null);
        expect(Array.from(bright ?? [])).to.deep.equal([1, 1, 1]);
        images.dispose();
        await embed.dispose();
      }
    }));

  it('is known by its bytes, not by its name alone', async () => {
    const ids: string[] = [];
    for (const [name, layout] of [
      ['a', 'NHWC'],
      ['b', 'NHWC'],
      ['c', 'NCHW'],
    ] as const) {
      const embed = await loadEmbedder(writeOnnx(path(`${name}.onnx`), layout));
      ids.push(embed.id);
      await embed.dispose();
    }
    expect(ids[0]).to.match(/^a\.onnx [0-9a-f]{12}$/);
    const [a, b, c] = ids.map((id) => id.split(' ')[1]);
    expect(a).to.equal(b).and.not.equal(c);
  });

  it('is refused where it gives several things, or takes batches of one size', async () => {
    for (const [file, found] of [
      [writeOnnx(path('two.onnx'), 'NHWC', { outputs: 2 }), /mean0 .*mean1/],
      [writeOnnx(path('four.onnx'), 'NHWC', { batch: 4 }), /batches of 4/],
    ] as const) {
      const error = await rejection(loadEmbedder(file));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'bad-embedder');
      expect(error.message).to.match(found);
    }
  });

  it('is refused where it does not say which of its sizes are channels', () => {
    const ports = (...shape: readonly (number | undefined)[]) => ({
      inputs: [{ name: 'x', shape: [undefined, ...shape], isInteger: false }],
      outputs: [{ name: 'y', shape: [undefined, 8], isInteger: false }],
    });
    for (const shape of [
      [undefined, undefined, undefined],
      [3, 8, 3],
      [8, 8, 4],
    ]) {
      expect(() => embedderPorts(ports(...shape), 'net'))
        .to.throw(CheckpointError, /1 or 3 channels/)
        .with.property('code', 'bad-layout');
    }
    expect(embedderPorts(ports(1, undefined, undefined), 'net')).to.include({ layout: 'nchw' });
    expect(embedderPorts(ports(undefined, undefined, 3), 'net')).to.include({ layout: 'nhwc' });
  });

  it('frees what it loaded of a model.json that is none', () =>
    expectNoLeak(async () => {
      const model = layers.sequential();
      model.add(layers.layers.dense({ units: 2, inputShape: [3] }));
      const file = await writeClassifier(model, path('flat'));
      model.dispose();
      expect(await rejection(loadEmbedder(file))).to.include({ code: 'bad-embedder' });
    }));

  it('is refused by a name that is none, with the nearest one that is', async () => {
    for (const [place, words] of [
      ['face-apy', /did you mean "face-api"\?/],
      ['nobody', /choose one of: face-api, human, or name an \.onnx file or a model\.json/],
      ['no/such.onnx', /there is no embedder no\/such\.onnx/],
      [undefined, /unknown embedder undefined/],
    ] as const) {
      const error = await rejection(loadEmbedder(place as string));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'unknown-embedder');
      expect(error.message).to.match(words).and.not.include('\n');
    }
  });
});
