import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { BoomerangError } from '../../src/errors.ts';
import { type LoadOptions, loadModel } from '../../src/node/loadModel.ts';
import { loadModel as loadInBrowser } from '../../src/web/loadModel.ts';
import { runInProcess } from '../support/cli.ts';
import { startFiles } from '../support/fileServer.ts';
import { graphFiles, writeModel } from '../support/foreignModels.ts';
import { hubSuite } from '../support/hubModel.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { writeCheckpoint } from './onnxCheckpoint.ts';
import { writeForeign } from './onnxForeign.ts';

const SAID = { schedule: { num_train_timesteps: 100 }, prediction: 'epsilon' };

describe('what loadModel is given', () => {
  const path = scratchFolder();
  hubSuite();

  const expectRefused = async (loading: Promise<unknown>, code: string, message: RegExp): Promise<void> => {
    const error = await rejection(loading);
    expect(error, error.message).to.be.instanceOf(BoomerangError).with.property('code', code);
    expect(error.message).to.match(message).and.not.include('\n');
  };

  const places: readonly (readonly [unknown, string, RegExp])[] = [
    [undefined, 'bad-place', /got undefined; .*'boomerang:fashion-28'/],
    [null, 'bad-place', /got null/],
    [7, 'bad-place', /got a number/],
    [{}, 'bad-place', /got an object/],
    ['', 'bad-place', /got ""/],
    [' ', 'bad-place', /got " "/],
    [pathToFileURL('/models/x'), 'bad-place', /got an object/],
    ['file:///models/x', 'bad-place', /file: URL/],
    ['models/x.ckpt', 'pickle-refused', /x\.ckpt is a pickle.*safe_serialization/],
    ['models/x.bin', 'pickle-refused', /x\.bin/],
    ['x.pth', 'pickle-refused', /x\.pth/],
    ['x.safetensors', 'unsupported-format', /name the folder/],
    ['models/x.h5', 'unsupported-format', /tensorflowjs_converter/],
    ['x.tar.gz', 'unsupported-format', /unpack/],
  ];
  for (const [place, code, message] of places) {
    it(`is refused when it is ${typeof place === 'string' ? JSON.stringify(place) : String(place)}, here as in a browser`, async () => {
      await expectRefused(loadModel(place as string), code, message);
      await expectRefused(loadInBrowser(place as string), code, message);
    });
  }

  it('is read both ways where it may be a folder that is not there or a name on the hub', async () => {
    await expectRefused(
      loadModel('someone/x'),
      'no-such-model',
      new RegExp(`no folder ${resolve('someone/x')}, .*hub.*404`),
    );
    process.env['HF_ENDPOINT'] = 'http://127.0.0.1:1';
    await expectRefused(loadModel('someone/x'), 'hub-unreachable', /no folder .*someone\/x, .*127\.0\.0\.1/);
    process.env['HF_HUB_OFFLINE'] = '1';
    await expectRefused(loadModel('someone/x'), 'offline', /no folder .*someone\/x/);
    await expectRefused(loadModel('./models/x'), 'no-such-model', /no model \.\/models\/x/);
  });

  it('is said when a folder holds a model in one file', async () => {
    writeModel(path('face'), graphFiles(), SAID);
    await expectRefused(loadModel(path('face')), 'no-such-model', /it holds model\.json: name that file/);
  });

  it('may be a folder whose name ends like a file', async () => {
    const model = await loadModel(writeCheckpoint(path('net.onnx')));
    expect(model.imageShape).to.deep.equal([8, 8, 3]);
    model.dispose();
  });

  it('comes with options that are known', async () => {
    mkdirSync(path('model'));
    await expectRefused(loadModel(path('model'), null as never), 'bad-options', /object of options, got null/);
    await expectRefused(loadModel(path('model'), 'tfjs' as never), 'bad-options', /object of options, got "tfjs"/);
    const misspelt = { engin: 'tfjs' } as never;
    await expectRefused(loadModel(path('model'), misspelt), 'unknown-option', /"engin"; did you mean "engine"/);
    await expectRefused(loadInBrowser('http://x', misspelt), 'unknown-option', /"engin"; did you mean "engine"/);
    await expectRefused(loadModel(path('model'), { engine: 'cuda' as never }), 'unknown-engine', /cuda/);
  });

  it('takes a device that there is, for ONNX Runtime', async () => {
    writeCheckpoint(path('model'));
    const open = (options: LoadOptions) => loadModel(path('model'), options);
    await expectRefused(open({ device: 'gpu' as never }), 'unknown-device', /"gpu".*webgpu/);
    await expectRefused(open({ device: 'coreml' }), 'no-device', /not on coreml; it is there on macOS only/);
    await expectRefused(open({ device: 'webgpu', engine: 'tfjs' }), 'bad-device', /computes where its backend does/);
    await expectRefused(open({ device: 'webgpu', sessions: 2 }), 'bad-sessions', /is for the processor/);
    const model = await open({ device: 'cpu', sessions: 1 });
    expect(model.engine).to.equal('onnx');
    model.dispose();
  });
});

describe('info', () => {
  const path = scratchFolder();
  const info = async (place: string) => {
    const { status, stdout, stderr } = await runInProcess(['info', place, '--json', '--backend', 'wasm']);
    expect(status, stderr).to.equal(0);
    return JSON.parse(stdout);
  };

  it('describes what loadModel opens: a folder, its network, an exported and a foreign ONNX file, an address', async () => {
    writeCheckpoint(path('model'));
    const exported = await runInProcess(['export', path('model'), '--out', path('own.onnx'), '--backend', 'wasm']);
    expect(exported.status, exported.stderr).to.equal(0);
    const { architecture, model: _, ...facts } = await info(path('model'));
    expect(architecture).to.equal('UNet2DModel');
    expect(await info(path('model/unet'))).to.deep.include(facts);
    expect(await info(path('own.onnx'))).to.deep.include(facts);
    writeForeign(path('net.onnx'));
    writeFileSync(path('boomerang.json'), JSON.stringify({ ...SAID, schedule: {} }));
    const { parameterCount, digest, timesteps, ...others } = facts;
    const foreign = { ...others, timesteps: 1000, model: path('net.onnx'), scheduler: 'DDPMScheduler' };
    expect(await info(path('net.onnx'))).to.deep.include(foreign);
  });

  it('describes a model behind an address', async () => {
    writeCheckpoint(path('model'));
    const names = ['unet/config.json', 'scheduler/scheduler_config.json', 'unet/diffusion_pytorch_model.safetensors'];
    const server = await startFiles(
      new Map(names.map((name) => [`model/${name}`, readFileSync(path(`model/${name}`))])),
    );
    try {
      const { model: _, ...facts } = await info(path('model'));
      expect(await info(`${server.base}/model`)).to.deep.include(facts);
    } finally {
      await server.close();
    }
  });

  it('and export say of a file that cannot be had or written anew what it is', async () => {
    const absent = await runInProcess(['info', path('absent.onnx'), '--backend', 'wasm']);
    expect(absent.stderr).to.match(/^error no-such-model: .*absent\.onnx.*\n$/);
    writeForeign(path('net.onnx'));
    const again = await runInProcess(['export', path('net.onnx'), '--out', path('b.onnx'), '--backend', 'wasm']);
    expect(again.stderr).to.match(/^error bad-model: .*net\.onnx is an ONNX file already.*\n$/);
  });
});
