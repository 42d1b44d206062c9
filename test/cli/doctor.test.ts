import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { describeDiagnosis, reportOf } from '../../src/cli/doctor.ts';
import type { BackendName } from '../../src/node/backend.ts';
import type { Diagnosis } from '../../src/node/doctor/diagnose.ts';
import { folderState } from '../../src/node/doctor/folders.ts';
import { isAtLeast, OLDEST_NODE } from '../../src/node/doctor/nodeVersion.ts';
import type { Finding } from '../../src/node/doctor/probe.ts';
import { runInProcess } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root, TSX } from '../support/shared.ts';

const { version: tfjs } = JSON.parse(
  readFileSync(join(root, 'node_modules/@tensorflow/tfjs-core/package.json'), 'utf8'),
);

describe('boomerang doctor', () => {
  it('prints the beginning of a report, without the name of whoever reports', async () => {
    const { status, stdout } = await runInProcess(['doctor', '--report']);
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /What I did[\s\S]*What I expected[\s\S]*```\ntfjs-boomerang \d+\.\d+\.\d+, [\s\S]*backend wasm[\s\S]*\n```\n$/,
    );
    expect(reportOf('own cache  /home/somebody/.cache\n', '/home/somebody')).to.include('own cache  ~/.cache');
    expect(reportOf('own cache  /.cache\n', '/')).to.include('own cache  /.cache');
  });

  it('finds on this machine what its tests run on, and leaves the backend in use alone', async () => {
    const before = { backend: tf.getBackend(), tensors: tf.memory().numTensors };
    const { status, stdout, stderr } = await runInProcess(['doctor', '--json']);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    const { isUsable, node, backends, best, engines, accelerator }: Diagnosis = JSON.parse(stdout);
    expect(isUsable).to.equal(true);
    expect(node).to.include({ version: process.versions.node, isSupported: true });
    expect(backends.map(({ name }) => name)).to.deep.equal(['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']);
    for (const name of ['wasm', 'cpu']) {
      expect(backends.find((finding) => finding.name === name)).to.deep.equal({ name, isUsable: true, version: tfjs });
    }
    expect(best).to.equal(backends.find((finding) => finding.isUsable)?.name);
    expect(engines.tfjs).to.deep.equal({ isUsable: true, version: tfjs });
    expect(engines.onnx).to.include({ name: 'onnx', isUsable: true });
    expect(engines.onnx.devices).to.include('cpu');
    expect(accelerator.webgpu).to.satisfy((found: object) => 'name' in found || 'why' in found);
    expect({ backend: tf.getBackend(), tensors: tf.memory().numTensors }).to.deep.equal(before);
  });
});

describe('describeDiagnosis', () => {
  const there = (name: BackendName): Finding => ({ name, isUsable: true, version: '4.22.0' });
  const folder = { folder: '/cache', bytes: 1_250_000, isWritable: true };
  const diagnosis: Diagnosis = {
    isUsable: true,
    node: { version: '20.20.2', isSupported: true, oldest: '20.19' },
    backends: [
      { name: 'tfjs-node', isUsable: false, why: 'it is absent', remedy: 'get it' },
      there('wasm'),
      there('cpu'),
    ],
    best: 'wasm',
    engines: {
      tfjs: { isUsable: true, version: '4.22.0' },
      onnx: { name: 'onnx', isUsable: true, version: '1.30.0', devices: ['cpu', 'webgpu'] },
    },
    accelerator: {
      devices: ['NVIDIA L4'],
      isUsed: false,
      drivers: [{ library: 'libvulkan_lvp.so', serves: 'processor' }],
      webgpu: { why: 'there is no driver', remedy: 'get one' },
    },
    caches: { hub: folder, own: { ...folder, isWritable: false } },
  };

  it('says each thing to people in a line', () => {
    expect(describeDiagnosis(diagnosis).split('\n')).to.deep.equal([
      'Node               20.20.2  ok',
      'backend tfjs-node  -        it is absent; to mend it: get it',
      'backend wasm       4.22.0   ok, the one taken',
      'backend cpu        4.22.0   ok',
      'engine tfjs        4.22.0   ok, on wasm',
      'engine onnx        1.30.0   ok, on cpu, webgpu',
      'GPU                         NVIDIA L4',
      'Vulkan                      libvulkan_lvp.so for processor',
      'WebGPU                      not taken: there is no driver; to mend it: get one',
      'cache of the hub            /cache, 1.3 MB, can be written',
      'own cache                   /cache, 1.3 MB, cannot be written; to mend it: set XDG_CACHE_HOME',
      '',
    ]);
  });

  it('says what to do about a Node that is too old, and that there is nothing to run on', () => {
    const node = { version: '18.0.0', isSupported: false, oldest: '20.19' };
    const engines = { ...diagnosis.engines, tfjs: { isUsable: false, version: '4.22.0' } };
    const text = describeDiagnosis({ ...diagnosis, node, engines, isUsable: false, best: null, backends: [] });
    expect(text).to.match(/^Node +18\.0\.0 +too old, needs 20\.19; to mend it: nvm install/m);
    expect(text).to.match(/^engine tfjs +4\.22\.0 +no backend to run on$/m);
  });
});

describe('boomerang doctor on a machine with only what must be there', () => {
  const path = scratchFolder();
  beforeEach(() => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
    cpSync(join(root, 'src'), path('src'), { recursive: true });
    cpSync(join(root, 'package.json'), path('package.json'));
    for (const name of [...Object.keys(dependencies), ...peers]) install(name);
  });
  const install = (name: string): void => {
    const place = path(`node_modules/${name}`);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), place);
  };
  const doctor = (): { status: number | null; diagnosis: Diagnosis } => {
    const { NODE_PATH: _, ...env } = process.env;
    const argv = [...TSX, path('src/cli/main.ts'), 'doctor', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
      cwd: path(),
      env: { ...env, HF_HOME: path('hf'), XDG_CACHE_HOME: path('cache') },
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    return { status, diagnosis: JSON.parse(stdout) };
  };

  it('ends with 1 when nothing computes, and gives the command for each thing', () => {
    const { status, diagnosis } = doctor();
    expect(status).to.equal(1);
    expect(diagnosis).to.include({ isUsable: false, best: null });
    const remedies = diagnosis.backends.filter(({ name }) => name !== 'tfjs-node-gpu').map(({ remedy }) => remedy);
    expect(remedies).to.deep.equal([
      'npm install --save-dev @tensorflow/tfjs-node',
      'npm install --save-dev @tensorflow/tfjs-backend-wasm',
      'npm install --save-dev @tensorflow/tfjs-backend-cpu',
    ]);
    expect(diagnosis.engines.tfjs.isUsable).to.equal(false);
    expect(diagnosis.engines.onnx).to.deep.equal({
      name: 'onnx',
      isUsable: false,
      why: 'onnxruntime-node is not installed',
      remedy: 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node',
    });
  });

  it('ends with 0 when one backend computes, though another ends its process, and makes no folders', () => {
    install('@tensorflow/tfjs-backend-cpu');
    const wasm = path('node_modules/@tensorflow/tfjs-backend-wasm');
    mkdirSync(wasm);
    writeFileSync(join(wasm, 'package.json'), '{ "version": "9.9.9", "main": "index.js" }');
    writeFileSync(join(wasm, 'index.js'), "process.kill(process.pid, 'SIGILL');");
    const { status, diagnosis } = doctor();
    expect(status).to.equal(0);
    expect(diagnosis).to.include({ isUsable: true, best: 'cpu' });
    const broken = diagnosis.backends.find(({ name }) => name === 'wasm');
    expect(broken).to.include({ isUsable: false, remedy: 'npm install --save-dev @tensorflow/tfjs-backend-cpu' });
    expect(broken?.why).to.include('SIGILL');
    expect(diagnosis.caches.hub).to.deep.equal({ folder: path('hf/hub'), bytes: 0, isWritable: true });
    expect([path('hf'), path('cache')].map((folder) => existsSync(folder))).to.deep.equal([false, false]);
  });
});

describe('folderState', () => {
  const path = scratchFolder();

  it('counts every file once, and links not at all', async () => {
    mkdirSync(path('cache/deep/deeper'), { recursive: true });
    writeFileSync(path('cache/a'), 'four');
    writeFileSync(path('cache/deep/deeper/b'), 'twelve bytes');
    symlinkSync('../a', path('cache/deep/link'));
    expect(await folderState(path('cache'))).to.deep.equal({ folder: path('cache'), bytes: 16, isWritable: true });
  });

  it('knows that nothing can be written below a file', async () => {
    writeFileSync(path('file'), '');
    expect(await folderState(path('file/cache'))).to.include({ bytes: 0, isWritable: false });
  });
});

describe('isAtLeast', () => {
  for (const [version, least, expected] of [
    ['20.19.0', '20.19', true],
    ['v20.18.3', '20.19', false],
    ['22.0.0', '20.19', true],
    ['18.99.0', '20.19', false],
    ['20.9.0', '20.19', false],
    ['20.19', '20.19.1', false],
  ] as const) {
    it(`${expected ? 'takes' : 'refuses'} ${version} where ${least} is the oldest`, () => {
      expect(isAtLeast(version, least)).to.equal(expected);
    });
  }

  it('is asked with what package.json says', () => expect(OLDEST_NODE).to.match(/^\d+\.\d+$/));
});
