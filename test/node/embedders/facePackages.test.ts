import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { EnvironmentError } from '../../../src/errors.ts';
import { openFaceEmbedder } from '../../../src/node/embedders/faceEmbedder.ts';
import { findFacePackage } from '../../../src/node/embedders/facePackages.ts';
import { HERE } from '../../../src/node/packageFiles.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { expectNoLeak } from '../../support/tensors.ts';

describe('packages for faces', () => {
  const path = scratchFolder();

  /** What looks in one folder only: one above it may hold packages, too. */
  const places = (home: string): NodeJS.Require[] => {
    const find = createRequire(path(`${home}/app.js`));
    const resolve = (name: string): string => {
      const found = find.resolve(name);
      return found.startsWith(realpathSync(path(home))) ? found : expect.fail(`${name} lies elsewhere`);
    };
    return [Object.assign((name: string) => find(name), { resolve }) as NodeJS.Require];
  };

  /** A package as npm lays it out, whose entry lies deep in it, and which shows nobody its `package.json`. */
  const install = (home: string, name: string, files: Readonly<Record<string, string>> = {}): void => {
    const folder = path(`${home}/node_modules/${name}`);
    mkdirSync(`${folder}/dist`, { recursive: true });
    const manifest = { name, version: '1.2.3', exports: { '.': './dist/entry.js' } };
    const all = { 'package.json': JSON.stringify(manifest), 'dist/entry.js': '', ...files };
    for (const [file, text] of Object.entries(all)) writeFileSync(`${folder}/${file}`, text);
  };

  const WHOLE = {
    'face-api': ['@vladmandic/face-api', '@tensorflow/tfjs-backend-wasm'],
    human: ['@vladmandic/human', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-converter'],
  } as const;

  for (const name of ['face-api', 'human'] as const) {
    it(`are asked for by the command that installs what is missing: ${name}, then what it runs on`, () => {
      for (const [n, missing] of WHOLE[name].entries()) {
        const home = `lacks-${n}`;
        mkdirSync(path(home));
        for (const there of WHOLE[name].slice(0, n)) install(home, there);
        expect(() => findFacePackage(name, places(home)))
          .to.throw(EnvironmentError, new RegExp(`npm install (--save-dev )?${missing}$`))
          .with.property('code', 'missing-package');
      }
      for (const there of WHOLE[name]) install('whole', there);
      expect(findFacePackage(name, places('whole'))).to.have.property('id', `${name} 1.2.3`);
    });
  }

  /** face-api whose weights are anything, and whose detector does something else. */
  const faceApi = (detector: string): string => `
    const net = { loadFromDisk: async () => {} };
    const nets = new Proxy({ tinyFaceDetector: { ...net, locateFaces: ${detector} } }, { get: (own, name) => own[name] ?? net });
    module.exports = { nets, TinyFaceDetectorOptions: class {} };`;

  const open = (bundle: string) => {
    install('own', '@vladmandic/face-api', { 'dist/face-api.node-wasm.js': bundle });
    return openFaceEmbedder(findFacePackage('face-api', [...places('own'), createRequire(HERE)]));
  };

  it('say that they failed to load, and with what', async () => {
    const error = await rejection(open('throw new Error("no weights");'));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'embedder-failed');
    expect(error.message).to.match(/^face-api 1\.2\.3 failed: no weights$/);
  });

  it('say that they failed on a picture, and go on with the next one', () =>
    expectNoLeak(async () => {
      const embed = await open(
        faceApi('async () => { if (!globalThis.once) { globalThis.once = 1; throw new Error("once"); } return []; }'),
      );
      const images: tf.Tensor4D = tf.zeros([1, 8, 8, 3]);
      expect(await rejection(Promise.resolve(embed(images))))
        .to.include({ code: 'embedder-failed' })
        .with.property('message')
        .that.matches(/once/);
      expect(await embed(images)).to.deep.equal([null]);
      await embed.dispose();
      images.dispose();
    }));

  for (const [how, detector, words] of [
    ['ends', '() => process.exit(3)', /ended with exit code 3/],
    ['dies', "() => new Promise(() => setTimeout(() => { throw new Error('too late'); }))", /died: too late/],
  ] as const) {
    it(`fail those that wait, and whoever asks later, when their thread ${how}`, () =>
      expectNoLeak(async () => {
        const embed = await open(faceApi(detector));
        const images: tf.Tensor4D = tf.zeros([1, 8, 8, 3]);
        for (let n = 0; n < 2; n += 1) {
          const error = await rejection(Promise.resolve(embed(images)));
          expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'embedder-failed');
          expect(error.message).to.match(words);
        }
        await embed.dispose();
        images.dispose();
      }));
  }
});
