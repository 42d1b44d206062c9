import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadModel } from '../../src/node/loadModel.ts';
import { writeCheckpoint } from '../node/onnxCheckpoint.ts';
import { runInProcess } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('boomerang export', () => {
  const path = scratchFolder();
  const run = (...argv: string[]) => runInProcess(['export', path('model'), '--backend', 'wasm', ...argv]);

  beforeEach(() => {
    writeCheckpoint(path('model'));
  });

  it('writes one file that loads, and says how near it is to what it was made of', async () => {
    const { status, stdout, stderr } = await run('--out', path('out/model.onnx'), '--json');
    expect(status, stderr).to.equal(0);
    const { files, bytes, difference } = JSON.parse(stdout);
    expect(files).to.deep.equal([path('out/model.onnx')]);
    expect(bytes).to.equal(readFileSync(path('out/model.onnx')).length);
    expect(difference).to.be.within(0, 2e-5);
    expect(readdirSync(path('out'))).to.deep.equal(['model.onnx']);
    const model = await loadModel(path('out/model.onnx'), { sessions: 1 });
    expect(model.engine).to.equal('onnx');
    model.dispose();
  });

  it('puts the weights beside it where it is asked to', async () => {
    const { status, stdout } = await run('--out', path('model.onnx'), '--external');
    expect(status).to.equal(0);
    expect(stdout.trim().split('\n')).to.deep.equal([path('model.onnx'), path('model.onnx.data')]);
  });

  it('replaces an older file, and leaves it alone when it fails', async () => {
    writeFileSync(path('model.onnx'), 'older');
    writeFileSync(path('model/unet/diffusion_pytorch_model.safetensors'), 'damaged');
    const failed = await run('--out', path('model.onnx'));
    expect(failed.status).to.equal(2);
    expect(failed.stderr).to.match(/^error bad-safetensors: [^\n]+\n$/);
    expect(readFileSync(path('model.onnx'), 'utf8')).to.equal('older');
    writeCheckpoint(path('model'));
    expect((await run('--out', path('model.onnx'))).status).to.equal(0);
    expect(readFileSync(path('model.onnx')).length).to.be.above(5);
    expect(readdirSync(path()).toSorted()).to.deep.equal(['model', 'model.onnx']);
  });

  for (const [title, argv, code] of [
    ['without a name for the file', [], 'bad-usage'],
    ['for another kind of file', ['--out', 'model.pt'], 'bad-output'],
    ['for a file in a file', ['--out', 'package.json/model.onnx'], 'bad-output'],
  ] as const) {
    it(`refuses to start ${title}`, async () => {
      const { status, stderr } = await run(...argv);
      expect(status).to.equal(2);
      expect(stderr).to.match(new RegExp(`^error ${code}: `));
    });
  }
});
