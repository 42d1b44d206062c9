import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { ModelDescription } from '../../src/checkpoints/sidecar.ts';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { openTfjsModel } from '../../src/models/openTfjsModel.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { boomerang } from '../../src/returns/boomerang.ts';
import { type ForeignFiles, folderOf, graphFiles, layersFiles, MIX, writeModel } from '../support/foreignModels.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const said: ModelDescription = { schedule: { num_train_timesteps: 100 }, prediction: 'epsilon' };

const open = (model: ForeignFiles, description: ModelDescription = said) =>
  openTfjsModel(folderOf(model), 'model.json', description);

/** `x · MIX + t`, for one timestep per image. */
const expected = (x: tf.Tensor4D, timesteps: readonly number[]): tf.Tensor =>
  tf.tidy(() => {
    const mixed = tf.matMul(tf.reshape(x, [-1, 3]), tf.tensor2d(MIX, [3, 3]));
    return tf.add(tf.reshape(mixed, x.shape), tf.tensor4d([...timesteps], [timesteps.length, 1, 1, 1]));
  });

const ramp = (count: number): tf.Tensor4D =>
  tf.tidy(() => tf.reshape(tf.linspace(-1, 1, count * 48), [count, 4, 4, 3]));

describe('model.json as a model', () => {
  it('knows its images, schedule and size', () =>
    expectNoLeak(async () => {
      const model = await open(graphFiles());
      expect(model.imageShape).to.deep.equal([4, 4, 3]);
      expect(model.outChannels).to.equal(3);
      expect(model.parameterCount).to.equal(9);
      expect(model.scheduler.schedule.alphaBar).to.have.lengthOf(100);
      expect(model.engine).to.equal('tfjs');
      expect(model).to.not.have.property('labels');
      model.dispose();
    }));

  it('computes the graph, with a timestep for each image, rounded since it counts in integers', () =>
    expectNoLeak(async () => {
      const [model, x] = [await open(graphFiles()), ramp(3)];
      const [y, wanted] = [model.predict(x, [3, 7.4, 7.6]), expected(x, [3, 7, 8])];
      expect(y).to.be.tensorCloseTo(wanted, 1e-5);
      const later = await model.predictAsync(x, [3, 7.4, 7.6]);
      expect(later).to.be.tensorCloseTo(y, 0);
      tf.dispose([x, y, wanted, later]);
      model.dispose();
    }));

  it('computes layers, whose timesteps are fractions and rows', () =>
    expectNoLeak(async () => {
      const [model, x] = [await open(await layersFiles(0.25)), ramp(2)];
      const y = model.predict(x, [2, 3.5]);
      const wanted = tf.tidy(() => {
        const sums = tf.sum(x, 3, true);
        return tf.add(tf.mul(tf.tile(sums, [1, 1, 1, 3]), 0.25), tf.tensor4d([1, 1.375], [2, 1, 1, 1]));
      });
      expect(y).to.be.tensorCloseTo(wanted, 1e-5);
      tf.dispose([x, y, wanted]);
      model.dispose();
    }));

  it('runs a graph that takes one image at a time on a batch', () =>
    expectNoLeak(async () => {
      const text = JSON.stringify(graphFiles().json).replaceAll('"size":"-1"', '"size":"1"');
      const [model, x] = [await open({ ...graphFiles(), json: JSON.parse(text) }), ramp(3)];
      const [y, wanted] = [model.predict(x, [1, 2, 3]), expected(x, [1, 2, 3])];
      expect(y).to.be.tensorCloseTo(wanted, 1e-5);
      tf.dispose([x, y, wanted]);
      model.dispose();
    }));

  it('feeds and reads images channels first where that is said', () =>
    expectNoLeak(async () => {
      const model = await open(graphFiles(), { ...said, layout: 'NCHW' });
      expect(model.imageShape).to.deep.equal([4, 3, 4]);
      const x = tf.tidy(() => tf.transpose(ramp(1), [0, 2, 3, 1])) as tf.Tensor4D; // what the graph is to see, turned
      const y = model.predict(x, 5);
      const wanted = tf.tidy(() =>
        tf.transpose(expected(tf.transpose(x, [0, 3, 1, 2]), [5]) as tf.Tensor4D, [0, 2, 3, 1]),
      );
      expect(y).to.be.tensorCloseTo(wanted, 1e-5);
      tf.dispose([x, y, wanted]);
      model.dispose();
    }));

  it('brings images back', () =>
    expectNoLeak(async () => {
      const [model, x] = [await open(graphFiles()), tf.fill([2, 4, 4, 3], 0.5) as tf.Tensor4D];
      const y = await boomerang(model, x, { strength: 0.3, steps: 2, seed: 'a' });
      expect(y.shape).to.deep.equal(x.shape);
      tf.dispose([x, y]);
      model.dispose();
    }));

  it('takes labels where one of its inputs is named so', async () => {
    const files = graphFiles();
    const text = JSON.stringify(files.json).replace('"input":["time_input"]', '"input":["label_input"]');
    const json = JSON.parse(text);
    const time = json.modelTopology.node.find(({ name }: { name: string }) => name === 'time_input');
    json.modelTopology.node.push({ ...time, name: 'label_input' });
    json.signature.inputs.class = { ...json.signature.inputs.time_input, name: 'label_input:0' };
    const inputs = { image: 'image', time: 'time_input', label: 'class' };
    const model = await open({ ...files, json }, { ...said, inputs, nullLabel: 2, classes: ['a', 'b'] });
    expect(model.labels).to.deep.equal({ count: 3, nullLabel: 2, classes: ['a', 'b'] });
    const x = ramp(2);
    const [y, wanted] = [model.predict(x, 50, [0, 1]), expected(x, [0, 1])];
    expect(y).to.be.tensorCloseTo(wanted, 1e-5);
    expect(() => model.predict(x, 50, [0, 3])).to.throw(ArgumentError, /label/);
    tf.dispose([x, y, wanted]);
    model.dispose();
  });

  it('has a digest that follows its files and what is said of it, wherever it is said', async () => {
    const digest = async (files: ForeignFiles, description: ModelDescription, sidecar?: object): Promise<string> => {
      const folder = folderOf(files, sidecar === undefined ? {} : { 'boomerang.json': sidecar });
      const model = await openTfjsModel(folder, 'model.json', description);
      model.dispose();
      return model.digest;
    };
    const damaged = graphFiles();
    damaged.files.get('group1-shard2of2.bin')?.fill(7);
    const first = await digest(graphFiles(), said);
    expect(first).to.match(/^[0-9a-f]{16}$/);
    expect(await digest(graphFiles(), {}, said)).to.equal(first);
    expect(await digest(damaged, said)).to.not.equal(first);
    expect(await digest(graphFiles(), { ...said, prediction: 'sample' })).to.not.equal(first);
    expect(await digest(graphFiles(), { ...said, schedule: { num_train_timesteps: 99 } })).to.not.equal(first);
  });

  it('is refused without a schedule before its weights are looked at, and says what to write', async () => {
    const files = graphFiles();
    files.files.clear();
    const error = await rejection(open(files, {}));
    expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'missing-description');
    expect(error.message).to.include('foreign/model.json').and.include('boomerang.json').and.include('"prediction"');
  });

  it('is refused when its inputs are not those that are named, and leaves nothing behind', () =>
    expectNoLeak(async () => {
      const inputs = { image: 'x', time: 't' };
      const error = await rejection(open(graphFiles(), { ...said, inputs }));
      expect(error).to.have.property('code', 'bad-inputs');
      expect(error.message).to.include('image_input [?, 4, 4, 3]').and.include('time_input [?]');
    }));
});

describe('model.json on disk', () => {
  const at = scratchFolder();

  it('opens with what is said in the options, or beside it', async () => {
    const path = writeModel(at('face'), graphFiles());
    const given = await loadModel(path, said);
    writeModel(at('face'), graphFiles(), said);
    const beside = await loadModel(path);
    expect(beside.digest).to.equal(given.digest);
    given.dispose();
    beside.dispose();
  });

  it('is refused with options that nobody knows, and when it is not there', async () => {
    const path = writeModel(at('face'), graphFiles());
    const misspelt = { ...said, schedul: {} };
    expect(await rejection(loadModel(path, misspelt))).to.have.property('code', 'unknown-option');
    expect(await rejection(loadModel(at('face/other.json'), said))).to.have.property('code', 'no-such-file');
    expect(await rejection(loadModel(at('none/model.json'), said))).to.have.property('code', 'no-such-model');
  });

  it('is the only kind that is described: a folder in the layout of diffusers describes itself', async () => {
    const error = await rejection(loadModel(at(), said));
    expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'unexpected-description');
  });
});
