import { expect } from 'chai';
import { openTfjsFiles } from '../../src/checkpoints/tfjsModel.ts';
import { CheckpointError } from '../../src/errors.ts';
import { type ForeignFiles, folderOf, graphFiles, layersFiles } from '../support/foreignModels.ts';
import { rejection } from '../support/scratch.ts';

const SHARD = 'group1-shard1of2.bin';

type Group = { paths: unknown; weights: Record<string, unknown>[] };
const groupOf = ({ json }: ForeignFiles): Group => (json['weightsManifest'] as Group[])[0] as Group;

/** What opening a damaged model says. */
const refusal = async (damage: (model: ForeignFiles) => void): Promise<Error & { code?: string }> => {
  const model = graphFiles();
  damage(model);
  const error = await rejection(openTfjsFiles(folderOf(model), 'model.json'));
  expect(error).to.be.instanceOf(CheckpointError);
  expect(error.message).to.not.include('\n');
  return error;
};

const damagedWeight = (index: number, fields: object) => (model: ForeignFiles) => {
  Object.assign(groupOf(model).weights[index] as object, fields);
};

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe('files of a tfjs model', () => {
  it('are read, whole and in order, for a graph', async () => {
    const model = graphFiles();
    const read = await openTfjsFiles(folderOf(model), 'model.json');
    expect(read.format).to.equal('graph-model');
    expect([...read.weightData]).to.deep.equal([...model.files.values()].flatMap((file) => [...file]));
    expect(read.weightSpecs.map(({ name }) => name)).to.deep.equal(['shape', 'mix']);
    expect(read.parameterCount).to.equal(9);
  });

  it('are read for layers', async () => {
    const read = await openTfjsFiles(folderOf(await layersFiles()), 'model.json');
    expect(read.format).to.equal('layers-model');
    expect(read.parameterCount).to.equal(3 * 3 + 3 + 48 + 48);
  });

  it('may lie in folders below, and model.json, too', async () => {
    const model = graphFiles();
    groupOf(model).paths = ['w/a.bin', 'w/b c.bin'];
    const [a, b] = [...model.files.values()] as [Uint8Array, Uint8Array];
    const files = new Map([
      ['sub/model.json', text(JSON.stringify(model.json))],
      ['sub/w/a.bin', a],
      ['sub/w/b c.bin', b],
    ]);
    const read = await openTfjsFiles(folderOf({ json: {}, files }), 'sub/model.json');
    expect(read.weightData).to.have.lengthOf(25);
  });

  it('may lack the format, which old converters did not write', async () => {
    const model = graphFiles();
    delete model.json['format'];
    expect((await openTfjsFiles(folderOf(model), 'model.json')).format).to.equal('graph-model');
  });

  for (const [dtype, quantization, bytes] of [
    ['float32', undefined, 36],
    ['float32', { dtype: 'float16' }, 18],
    ['float32', { dtype: 'uint16', min: 0, scale: 1 }, 18],
    ['int32', { dtype: 'uint8', min: 0, scale: 1 }, 9],
    ['bool', undefined, 9],
    ['complex64', undefined, 72],
  ] as const) {
    it(`must have ${bytes} bytes for nine values of ${dtype} as ${quantization?.dtype ?? 'they are'}`, async () => {
      const model = graphFiles();
      damagedWeight(1, { dtype, quantization })(model);
      model.files.set('group1-shard2of2.bin', new Uint8Array(bytes));
      expect((await openTfjsFiles(folderOf(model), 'model.json')).weightData).to.have.lengthOf(16 + bytes);
      model.files.set('group1-shard2of2.bin', new Uint8Array(bytes + 1));
      const error = await rejection(openTfjsFiles(folderOf(model), 'model.json'));
      expect(error.code).to.equal('bad-weights-length');
      expect(error.message)
        .to.include(`${16 + bytes} bytes`)
        .and.include(`hold ${17 + bytes}`);
    });
  }

  it('are refused by name when some are missing', async () => {
    const error = await refusal(({ files }) => files.delete(SHARD));
    expect(error.code).to.equal('missing-weights');
    expect(error.message).to.include(`1 of 2 weight files: ${SHARD}`);
  });

  it('are refused when one is cut short, and the message says which is unlike the others', async () => {
    const error = await refusal(({ files }) => files.set(SHARD, new Uint8Array(4)));
    expect(error.code).to.equal('bad-weights-length');
    expect(error.message).to.include('25 bytes').and.include(`${SHARD} has 4 bytes, the largest 9`);
  });

  it('are refused when a Git LFS pointer or a web page stands in their place', async () => {
    const pointer = await refusal(({ files }) =>
      files.set(SHARD, text('version https://git-lfs.github.com/spec/v1\n')),
    );
    expect(pointer.code).to.equal('lfs-pointer');
    expect(pointer.message).to.include(SHARD);
    const page = await refusal(({ files }) => files.set(SHARD, text('<!DOCTYPE html><html>Not found</html>')));
    expect(page.code).to.equal('html-instead-of-weights');
    const json = await refusal(({ files }) => files.set('model.json', text('<html>Sign in</html>')));
    expect(json.code).to.equal('html-instead-of-weights');
  });

  for (const path of [
    '../up.bin',
    '/etc/passwd',
    'a/../../b',
    'https://host/w.bin',
    'a\\b',
    'c:w.bin',
    '',
    'a//b',
    './a',
    7,
  ]) {
    it(`are refused where the manifest names ${JSON.stringify(path)}`, async () => {
      const error = await refusal((model) => {
        groupOf(model).paths = [path, 'group1-shard2of2.bin'];
      });
      expect(error.code).to.equal('bad-weights-manifest');
      expect(error.message).to.include(JSON.stringify(path));
    });
  }

  for (const [fault, code, damage] of [
    ['a dtype that is not known', 'unsupported-weights', damagedWeight(0, { dtype: 'string' })],
    ['a quantization that is not known', 'unsupported-weights', damagedWeight(1, { quantization: { dtype: 'int4' } })],
    [
      'a quantization without scale',
      'bad-weights-manifest',
      damagedWeight(1, { quantization: { dtype: 'uint8', min: 0 } }),
    ],
    ['a negative size', 'bad-weights-manifest', damagedWeight(0, { shape: [-4] })],
    ['no name', 'bad-weights-manifest', damagedWeight(0, { name: 7 })],
    ['a name that was there before', 'bad-weights-manifest', damagedWeight(0, { name: 'mix' })],
  ] as const) {
    it(`are refused for a weight with ${fault}`, async () => {
      expect((await refusal(damage)).code).to.equal(code);
    });
  }

  it('are refused for a file that is listed twice, and for a manifest that is none', async () => {
    const twice = await refusal((model) => {
      groupOf(model).paths = [SHARD, SHARD];
    });
    expect(twice.code).to.equal('bad-weights-manifest');
    const none = await refusal(({ json }) => Object.assign(json, { weightsManifest: { paths: [] } }));
    expect(none.code).to.equal('bad-weights-manifest');
  });

  it('are refused for another format, or a topology that is not JSON', async () => {
    for (const damage of [{ format: 'tflite' }, { format: 'layers-model' }, { modelTopology: 'AAEC' }]) {
      expect((await refusal(({ json }) => Object.assign(json, damage))).code).to.equal('unsupported-config');
    }
  });

  it('are refused when there is no model.json, or it is cut off', async () => {
    const absent = await rejection(openTfjsFiles(folderOf(graphFiles()), 'other.json'));
    expect(absent).to.have.property('code', 'no-such-file');
    const cut = await refusal(({ files }) => files.set('model.json', text('{ "format": "graph-mo')));
    expect(cut.code).to.equal('bad-config');
  });
});
