import { copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { graphBuilder } from '../../src/engines/onnx/graph.ts';
import { CheckpointError } from '../../src/errors.ts';
import type { Model, ModelFacts } from '../../src/models/model.ts';
import { openFolder } from '../../src/node/folder.ts';
import { type LoadOptions, loadModel } from '../../src/node/loadModel.ts';
import { exportOnnx } from '../../src/node/onnx/exportOnnx.ts';
import { METADATA_KEY, readMetadata, writeMetadata } from '../../src/node/onnx/metadata.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { type CheckpointParts, compareModels, STORES, writeCheckpoint } from './onnxCheckpoint.ts';
import { type ForeignParts, writeForeign } from './onnxForeign.ts';

const SESSION = { sessions: 1, threads: 2 };
const DESCRIPTION: LoadOptions = {
  schedule: { beta_schedule: 'linear' },
  prediction: 'epsilon',
  inputs: { image: 'sample', time: 'timestep' },
  layout: 'NCHW',
};

/** What is known of a model, without what runs it. */
const factsOf = (model: Model): ModelFacts => {
  const { latentShape: _, isLatent: _l, engine: _e, device: _d, ...others } = model; // the first two any model of pixels has
  const facts = Object.entries(others).filter(([, value]) => typeof value !== 'function');
  return Object.fromEntries(facts) as unknown as ModelFacts;
};

describe('an exported ONNX file', () => {
  const path = scratchFolder();

  const exported = async (parts: CheckpointParts = {}, external = false): Promise<Model> => {
    const folder = await openFolder(writeCheckpoint(path('model'), parts));
    await exportOnnx(folder, path('out.onnx'), { external });
    return loadModel(path('out.onnx'), SESSION);
  };
  const expectSame = async (model: Model, tolerance: number): Promise<void> => {
    const source = await loadModel(path('model'), { engine: 'tfjs' });
    const [facts, expected] = [factsOf(model), factsOf(source)];
    const difference = compareModels(model, source);
    source.dispose();
    model.dispose();
    expect(facts).to.deep.equal(expected);
    expect(difference).to.be.at.most(tolerance);
  };

  const CHECKPOINTS: Readonly<Record<string, CheckpointParts>> = {
    'a table of labels': { change: { num_class_embeds: 5 } },
    'labels without a limit': { change: { class_embed_type: 'timestep' } },
    'half precision, in shards': { store: STORES.F16, shards: 2 },
  };
  for (const [title, parts] of Object.entries(CHECKPOINTS)) {
    it(`needs nothing else: ${title}`, () => expectNoLeak(async () => expectSame(await exported(parts), 2e-5)));
  }

  it('may have its weights beside it, wherever both are taken', async () => {
    (await exported({}, true)).dispose();
    expect((await readFile(path('out.onnx'))).length).to.be.below((await readFile(path('out.onnx.data'))).length);
    await rename(path('out.onnx.data'), path('model/out.onnx.data'));
    await rename(path('out.onnx'), path('model/other.onnx'));
    await expectSame(await loadModel(path('model/other.onnx'), SESSION), 2e-5);
  });

  it('takes no description: it says all of itself', async () => {
    (await exported()).dispose();
    const error = await rejection(loadModel(path('out.onnx'), { prediction: 'sample' }));
    expect(error).to.have.property('code', 'unexpected-description');
  });

  it('is refused when it is cut off, or no ONNX file at all', async () => {
    (await exported()).dispose();
    await copyFile(path('out.onnx'), path('short.onnx'));
    await truncate(path('short.onnx'), 30_000);
    await writeFile(path('page.onnx'), '<!doctype html><html><head></head></html>');
    for (const name of ['short.onnx', 'page.onnx']) {
      expect(await rejection(loadModel(path(name))), name).to.have.property('code', 'bad-onnx');
    }
    expect(await rejection(loadModel(path('absent.onnx')))).to.have.property('code', 'no-such-model');
  });

  it('has metadata that are read back whole, or refused', async () => {
    const model = await exported({ change: { num_class_embeds: 5 } });
    model.dispose();
    const facts = factsOf(model);
    const text = writeMetadata(facts);
    expect(METADATA_KEY).to.equal('boomerang'); // files are out there
    expect(readMetadata(text, 'a file')).to.deep.equal(facts);
    const older = readMetadata(text.replace('"className":"DDIMScheduler",', ''), 'a file of version 0.1');
    expect(older.scheduler).to.deep.equal({ ...facts.scheduler, className: 'not said' });
    const damages = [
      text.slice(1),
      '[]',
      text.replace('"format":1', '"format":2'),
      text.replace('"imageShape":[8,', '"imageShape":[0,'),
      text.replace(/"alphaBar":\[[^\]]*\]/, '"alphaBar":null'),
      text.replace('"digest"', '"digests"'),
    ];
    for (const damage of damages) {
      expect(() => readMetadata(damage, 'a file'), damage.slice(0, 50))
        .to.throw('a file')
        .with.property('code', 'bad-metadata');
    }
  });
});

describe("somebody else's ONNX file", () => {
  const path = scratchFolder();

  const expectSameAsSource = async (parts: ForeignParts, description: LoadOptions): Promise<void> => {
    const model = await loadModel(writeForeign(path('net.onnx'), parts), { ...description, ...SESSION });
    const source = await loadModel(writeCheckpoint(path('model')), { engine: 'tfjs' });
    expect(model.engine).to.equal('onnx');
    expect(model).to.deep.include({ imageShape: [8, 8, 3], outChannels: 3 });
    expect(model.parameterCount).to.be.within(source.parameterCount, source.parameterCount * 1.1); // and small constants
    expect(compareModels(model, source)).to.be.at.most(2e-5);
    model.dispose();
    source.dispose();
  };

  const FILES: Readonly<Record<string, readonly [ForeignParts, LoadOptions]>> = {
    'NCHW, with integer timesteps': [{}, DESCRIPTION],
    'NCHW, which nobody says': [{}, { schedule: DESCRIPTION.schedule ?? {}, prediction: 'epsilon' }],
    'NHWC, with inputs known by their ranks': [
      { layout: 'NHWC' },
      { schedule: DESCRIPTION.schedule ?? {}, prediction: 'epsilon' },
    ],
    'one timestep for all images': [{ time: [] }, DESCRIPTION],
    'timesteps in a column': [{ time: ['batch', 1] }, DESCRIPTION],
    'one image at a time': [{ batch: 1, time: [1] }, DESCRIPTION],
  };
  for (const [title, [parts, description]] of Object.entries(FILES)) {
    it(`is run as it wants to be fed: ${title}`, () => expectNoLeak(() => expectSameAsSource(parts, description)));
  }

  it('is described by a boomerang.json beside it as well, and then has the same digest', async () => {
    writeForeign(path('net.onnx'));
    const told = await loadModel(path('net.onnx'), { ...DESCRIPTION, ...SESSION });
    await writeFile(path('boomerang.json'), JSON.stringify(DESCRIPTION));
    const read = await loadModel(path('net.onnx'), SESSION);
    expect(factsOf(read)).to.deep.equal(factsOf(told));
    const other = await loadModel(path('net.onnx'), { ...SESSION, prediction: 'sample' }); // the caller's word counts
    expect(other.scheduler.prediction).to.equal('sample');
    expect(other.digest).to.not.equal(read.digest);
    for (const model of [told, read, other]) model.dispose();
  });

  it('is refused, and what it lacks is named', async () => {
    const spare = { name: 'mask', type: 'float32', shape: ['batch'] } as const;
    const refusals = [
      ['missing-description', {}, {}],
      ['missing-description', {}, { ...DESCRIPTION, schedule: undefined }],
      ['bad-inputs', {}, { ...DESCRIPTION, inputs: { image: 'x', time: 'timestep' } }],
      ['bad-inputs', { batch: 2 }, DESCRIPTION],
      ['bad-inputs', { spare }, DESCRIPTION],
      ['bad-output', {}, { ...DESCRIPTION, output: 'y' }],
      ['bad-image-shape', {}, { ...DESCRIPTION, imageShape: [3, 8, 8] as const }],
    ] as const;
    for (const [code, parts, description] of refusals) {
      const loading = loadModel(writeForeign(path('net.onnx'), parts), description as LoadOptions);
      expect(await rejection(loading), code).to.have.property('code', code);
    }
  });
});

describeShared('a real file that was taken without its weights', 'cases/onnx/extmiss', () => {
  it('is refused in an error that can be caught', async () => {
    const error = await rejection(loadModel(shared('cases/onnx/extmiss/model.onnx')));
    expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'missing-weights');
    expect(error.message).to.include('model.onnx_data');
  });
});

describe('an ONNX file that is not whole', () => {
  const path = scratchFolder();
  const load = () => rejection(loadModel(path('net.onnx'), { ...DESCRIPTION, ...SESSION }));
  const expectRefused = async (code: string, message: RegExp): Promise<void> => {
    const error = await load();
    expect(error, error.message).to.be.instanceOf(CheckpointError).with.property('code', code);
    expect(error.message).to.match(message);
  };

  it('may keep its weights beside it', async () => {
    writeForeign(path('net.onnx'), { beside: 'net.onnx_data' });
    const model = await loadModel(path('net.onnx'), { ...DESCRIPTION, ...SESSION });
    const source = await loadModel(writeCheckpoint(path('model')), { engine: 'tfjs' });
    expect(compareModels(model, source)).to.be.at.most(2e-5);
    model.dispose();
    source.dispose();
  });

  it('is refused without the file that holds its weights', async () => {
    writeForeign(path('net.onnx'), { beside: 'net.onnx_data' });
    await rm(path('net.onnx_data'));
    await expectRefused('missing-weights', /net\.onnx_data/);
  });

  it('is refused when that file is cut off', async () => {
    writeForeign(path('net.onnx'), { beside: 'net.onnx_data' });
    await truncate(path('net.onnx_data'), 5000);
    await expectRefused('bad-external-data', /net\.onnx_data, which has 5000/);
  });

  it('is refused when its weights lie outside of its folder', async () => {
    for (const beside of ['../elsewhere', path('absolute')]) {
      await writeFile(path('net.onnx'), await encodeExternal(beside));
      await expectRefused('bad-external-data', /beside it or below/);
    }
  });

  it('is refused when a place in that file is wrong', async () => {
    for (const damage of [{ offset: 2 ** 40 }, { offset: -4 }, { length: 8 }]) {
      await writeFile(path('weights'), new Uint8Array(64));
      await writeFile(path('net.onnx'), await encodeExternal('weights', damage));
      await expectRefused('bad-external-data', /w/);
    }
  });

  it('is refused when one of its weights is not finite, inside and beside it', async () => {
    const change = (name: string, data: Float32Array): void => {
      if (name === 'conv_in.bias') data[1] = Number.NaN;
    };
    writeForeign(path('net.onnx'), { change });
    await expectRefused('not-finite-weights', /conv_in\.bias in .*net\.onnx has 1 of 8 values/);
    writeForeign(path('net.onnx'), { change, beside: 'w.bin' });
    await expectRefused('not-finite-weights', /conv_in\.bias in .*w\.bin has 1 of 8 values/);
  });

  it('is refused when ONNX Runtime knows no such operator, version or file, and the process lives on', async () => {
    const text = (await readFile(writeForeign(path('net.onnx')))).toString('latin1');
    for (const damaged of [
      text.replaceAll('Conv', 'Cnov'),
      text.replace('B\x02\x10\x15', 'B\x02\x10\x7f'), // opset 21 becomes 127
    ]) {
      expect(damaged).to.not.equal(text);
      await writeFile(path('net.onnx'), Buffer.from(damaged, 'latin1'));
      await expectRefused('bad-graph', /net\.onnx/);
    }
    await writeFile(path('net.onnx'), '');
    await expectRefused('bad-onnx', /no graph/);
  });
});

/** A graph with one weight of four numbers in another file. */
const encodeExternal = async (location: string, damage: Readonly<Record<string, number>> = {}) => {
  const graph = graphBuilder();
  graph.initializer('w', { type: 'float32', shape: [4], data: { location, offset: 0, length: 16, ...damage } });
  graph.output('out_sample', graph.node('Mul', ['sample', 'w']));
  const images = { type: 'float32', shape: ['n', 3, 8, 8] } as const;
  const inputs = [{ name: 'sample', ...images }, { name: 'timestep', type: 'float32', shape: ['n'] } as const];
  return graph.encode({ inputs, outputs: [{ name: 'out_sample', ...images }], version: '0' });
};
