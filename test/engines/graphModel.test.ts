import { deregisterOp, registerOp } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openTfjsFiles } from '../../src/checkpoints/tfjsModel.ts';
import { loadGraphModel } from '../../src/engines/tfjs/graphModel.ts';
import { loadLayersModel } from '../../src/engines/tfjs/layersModel.ts';
import { CheckpointError, EnvironmentError } from '../../src/errors.ts';
import { type ForeignFiles, folderOf, graphFiles, layersFiles } from '../support/foreignModels.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak } from '../support/tensors.ts';

const load = async (model: ForeignFiles) => {
  const files = { ...(await openTfjsFiles(folderOf(model), 'model.json')), name: 'foreign/model.json' };
  return files.format === 'graph-model' ? loadGraphModel(files) : loadLayersModel(files);
};

type Node = { name: string; op: string; input?: string[]; attr?: object };
const nodesOf = ({ json }: ForeignFiles): Node[] => (json['modelTopology'] as { node: Node[] }).node;
const node = (model: ForeignFiles, wanted: string): Node => nodesOf(model).find(({ name }) => name === wanted) as Node;

/** What loading a damaged graph says; it leaves no tensor behind. */
const refusal = async (damage: (model: ForeignFiles) => void): Promise<Error & { code?: string }> => {
  const model = graphFiles();
  damage(model);
  let error: Error | undefined;
  await expectNoLeak(async () => {
    error = await rejection(load(model));
  });
  return error as Error;
};

describe('graph model', () => {
  it('says what goes in and what comes out', async () => {
    const model = await load(graphFiles());
    expect(model.ports).to.deep.equal({
      inputs: [
        { name: 'image_input', alias: 'image', shape: [undefined, 4, 4, 3], isInteger: false },
        { name: 'time_input', alias: 'time_input', shape: [undefined], isInteger: true },
      ],
      outputs: [{ name: 'Identity', alias: 'noise', shape: [undefined, 4, 4, 3], isInteger: false }],
    });
    model.dispose();
  });

  it('needs no signature', async () => {
    const files = graphFiles();
    delete files.json['signature'];
    const model = await load(files);
    expect(model.ports.inputs.map(({ name }) => name)).to.deep.equal(['image_input', 'time_input']);
    expect(model.ports.outputs).to.deep.equal([{ name: 'Identity', shape: undefined, isInteger: false }]);
    model.dispose();
  });

  it('frees its weights once, and runs without leaving anything', () =>
    expectNoLeak(async () => {
      const model = await load(graphFiles());
      const [x, t] = [tf.ones([2, 4, 4, 3]), tf.tensor1d([3, 4], 'int32')];
      tf.tidy(() => {
        const y = model.execute({ image_input: x, time_input: t }, 'Identity');
        expect([...y.dataSync().slice(0, 3)]).to.deep.equal([4.5, 4.5, 4.5]); // columns of MIX add up to 1.5
      });
      tf.dispose([x, t]);
      model.dispose();
      model.dispose();
    }));

  it('is refused for an operation that nobody knows, by its name and the name of the node', async () => {
    const error = await refusal((model) => Object.assign(node(model, 'mixed'), { op: 'Einsun' }));
    expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'unknown-operation');
    expect(error.message).to.include('node mixed').and.include('Einsun');
  });

  it('may use operations that the user registered', async () => {
    const files = graphFiles();
    node(files, 'sum').op = 'MyAdd';
    registerOp('MyAdd', ({ inputs: [a, b] }) => tf.add(a as tf.Tensor, b as tf.Tensor));
    try {
      (await load(files)).dispose();
    } finally {
      deregisterOp('MyAdd');
    }
    expect(await rejection(load(files))).to.have.property('code', 'unknown-operation');
  });

  for (const op of ['While', 'StatelessIf', 'NonMaxSuppressionV3', 'HashTableV2']) {
    it(`is refused for ${op}, which cannot run without waiting`, async () => {
      const error = await refusal((model) => Object.assign(node(model, 'sum'), { op }));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'unsupported-operation');
      expect(error.message).to.include('node sum').and.include(op);
    });
  }

  it('is refused for a kernel that the backend lacks, and says which has it', async () => {
    const error = await refusal((model) => Object.assign(node(model, 'Identity'), { op: 'FFT' }));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'no-kernel');
    expect(error.message).to.match(/node Identity .* FFT, which wasm lacks.*: .*cpu/);
    await tf.setBackend('cpu');
    try {
      const files = graphFiles();
      node(files, 'Identity').op = 'FFT';
      (await load(files)).dispose();
    } finally {
      await tf.setBackend('wasm');
    }
  });

  for (const op of [
    'LogSoftmax',
    'BroadcastTo',
    'UpperBound',
    'MatrixBandPart',
    'BiasAdd',
    'Pad',
    '_FusedMatMul',
    'Shape',
  ]) {
    it(`may hold ${op}, whose work other kernels do`, async () => {
      const files = graphFiles();
      node(files, 'Identity').op = op;
      (await load(files)).dispose();
    });
  }

  it('is refused for an input that is no node', async () => {
    const error = await refusal((model) => Object.assign(node(model, 'sum'), { input: ['mixed', 'row:0'] }));
    expect(error).to.have.property('code', 'bad-graph');
    expect(error.message).to.include('node sum takes row');
  });

  it('is refused without nodes, and for a constant without a weight', async () => {
    expect(await refusal((model) => nodesOf(model).splice(0))).to.have.property('code', 'bad-graph');
    const error = await refusal((model) => nodesOf(model).push({ name: 'bias', op: 'Const' }));
    expect(error).to.have.property('code', 'missing-tensor');
    expect(error.message).to.include('bias');
  });

  it('says which command installs the converter where it is absent', async () => {
    const files = { ...(await openTfjsFiles(folderOf(graphFiles()), 'model.json')), name: 'foreign' };
    const absent = () => Promise.reject(new Error("Cannot find package '@tensorflow/tfjs-converter'"));
    const error = await rejection(loadGraphModel(files, absent));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'missing-package');
    expect(error.message).to.include('npm install @tensorflow/tfjs-converter');
  });
});

describe('layers model', () => {
  it('says what goes in and what comes out, and runs', () =>
    expectNoLeak(async () => {
      const model = await load(await layersFiles(0.25));
      expect(model.ports.inputs).to.deep.equal([
        { name: 'image', shape: [undefined, 4, 4, 3], isInteger: false },
        { name: 'time', shape: [undefined, 1], isInteger: false },
      ]);
      const [x, t] = [tf.ones([2, 4, 4, 3]), tf.tensor2d([[4], [8]])];
      tf.tidy(() => {
        const output = model.ports.outputs[0]?.name ?? '';
        const y = model.execute({ image: x, time: t }, output).dataSync();
        expect([y[0], y[48]]).to.deep.equal([0.75 + 0.25 + 1 + 0.25, 0.75 + 0.25 + 2 + 0.25]);
      });
      tf.dispose([x, t]);
      model.dispose();
      model.dispose();
    }));

  it('is refused for a layer that nobody knows, by its class and name', async () => {
    const files = await layersFiles();
    const json = JSON.parse(JSON.stringify(files.json).replace('"Dense"', '"Dance"'));
    await expectNoLeak(async () => {
      const error = await rejection(load({ ...files, json }));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'unknown-operation');
      expect(error.message).to.include('layer row').and.include('Dance');
    });
  });

  for (const [fault, from, to] of [
    ['another shape', '[48]', '[6,8]'],
    ['another name', 'row/bias', 'row/bios'],
  ] as const) {
    it(`is refused for a weight of ${fault}, and nothing is left behind`, async () => {
      const files = await layersFiles();
      const manifest = JSON.parse(JSON.stringify(files.json['weightsManifest']).replace(from, to));
      await expectNoLeak(async () => {
        const error = await rejection(load({ ...files, json: { ...files.json, weightsManifest: manifest } }));
        expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'bad-model');
        expect(error.message).to.match(/; convert it again$/);
      });
    });
  }

  it('says which command installs the layers where they are absent', async () => {
    const files = { ...(await openTfjsFiles(folderOf(await layersFiles()), 'model.json')), name: 'foreign' };
    const error = await rejection(loadLayersModel(files, () => Promise.reject(new Error('Cannot find package'))));
    expect(error.message).to.include('npm install @tensorflow/tfjs-layers');
  });
});
