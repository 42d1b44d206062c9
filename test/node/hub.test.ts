import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import type { DownloadProgress } from '../../src/models/downloadProgress.ts';
import { isHubName } from '../../src/models/place.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { onDisk } from '../../src/node/hub/onDisk.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { content, hubSuite, MAIN, MODEL, NEEDED, pipeline, WEIGHTS, weights } from '../support/hubModel.ts';
import { commitName, digest } from '../support/hubServer.ts';
import { rejection } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

describe('a model from the hub', () => {
  const { path, hub, home, blob, asked } = hubSuite();

  describe('whole', () => {
    it('predicts what the same folder predicts', () =>
      expectNoLeak(async () => {
        const [near, far] = [await loadModel(MODEL), await loadModel('owner/name')];
        const x = tf.zeros<tf.Rank.R4>([1, 28, 28, 1]);
        const [here, there] = [near.predict(x, 300), far.predict(x, 300)];
        expect(there).to.be.tensorCloseTo(here, 0);
        expect(far.digest).to.equal(near.digest);
        expect(far.labels?.nullLabel).to.equal(10);
        tf.dispose([x, here, there]);
        near.dispose();
        far.dispose();
      }));

    it('fetches configs and safetensors and nothing else', async () => {
      await fetchModel('owner/name');
      expect(asked()).to.deep.equal([...NEEDED].sort());
    });

    it('fetches nothing again', async () => {
      const folder = await fetchModel('owner/name');
      hub().asked.length = 0;
      expect(await fetchModel('owner/name')).to.equal(folder);
      expect(hub().asked).to.deep.equal([]);
    });

    it('lies in the cache as every client expects it: contents by digest, linked relatively, and the ref', async () => {
      const folder = await fetchModel('owner/name');
      expect(folder).to.equal(home('snapshots', MAIN));
      expect(readlinkSync(join(folder, WEIGHTS))).to.equal(`../../../blobs/${digest('sha256', weights)}`);
      expect(readFileSync(home('refs/main'), 'utf8')).to.equal(MAIN);
      const config = content('unet/config.json');
      const gitName = digest('sha1', `blob ${config.byteLength}\0`, config);
      expect(readdirSync(home('blobs')))
        .to.include(gitName)
        .and.have.length(NEEDED.length);
      expect(readFileSync(join(folder, 'unet/config.json'))).to.deep.equal(config);
    });

    it('uses what another client has fetched', async () => {
      mkdirSync(home('blobs'), { recursive: true });
      writeFileSync(blob(), weights);
      await fetchModel('owner/name');
      expect(asked()).to.not.include(WEIGHTS);
      expect(lstatSync(home('snapshots', MAIN, WEIGHTS)).isSymbolicLink()).to.equal(true);
    });

    it('may be the folder of the network alone', async () => {
      hub().commits.set(
        MAIN,
        new Map(['config.json', 'diffusion_pytorch_model.safetensors'].map((name) => [name, content(`unet/${name}`)])),
      );
      await fetchModel('owner/name');
      expect(asked()).to.deep.equal(['config.json', 'diffusion_pytorch_model.safetensors']);
    });

    it('may have its weights in shards, of which those in the index are fetched', async () => {
      const files = pipeline();
      files.delete(WEIGHTS);
      const names = ['a', 'b'].map((letter) => `diffusion_pytorch_model-${letter}.safetensors`);
      const map = Object.fromEntries(names.map((name, n) => [`tensor ${n}`, name]));
      files.set(`${WEIGHTS}.index.json`, Buffer.from(JSON.stringify({ weight_map: map })));
      for (const name of [...names, 'other.safetensors']) files.set(`unet/${name}`, Buffer.from(name));
      hub().commits.set(MAIN, files);
      await fetchModel('owner/name');
      const fetched = asked().filter((name) => name.endsWith('.safetensors'));
      expect(fetched).to.deep.equal(names.map((name) => `unet/${name}`));
    });

    it('says how far each file is, up to its end', async () => {
      const said: DownloadProgress[] = [];
      await fetchModel('owner/name', { onProgress: (progress) => said.push(progress) });
      const steps = said.filter(({ file }) => file === WEIGHTS);
      expect(steps.length).to.be.above(1);
      expect(steps.map(({ done }) => done)).to.deep.equal(steps.map(({ done }) => done).sort((a, b) => a - b));
      expect(steps.at(-1)).to.deep.equal({ file: WEIGHTS, done: weights.byteLength, total: weights.byteLength });
    });

    it('can be asked for twice at once', async () => {
      const folders = await Promise.all([fetchModel('owner/name'), fetchModel('owner/name')]);
      expect(folders[0]).to.equal(folders[1]);
      expect(readFileSync(join(folders[0], WEIGHTS)).equals(weights)).to.equal(true);
      expect(readdirSync(home('blobs')).filter((name) => /incomplete|tmp/.test(name))).to.deep.equal([]);
    });
  });

  describe('at a revision', () => {
    const OLD = commitName('b');
    beforeEach(() => {
      const files = pipeline().set('boomerang.json', Buffer.from('{ "nullLabel": 3 }'));
      hub().commits.set(OLD, files);
      hub().refs.set('v1', OLD).set('refs/pr/1', OLD);
    });

    for (const revision of ['v1', OLD, 'refs/pr/1']) {
      it(`is that of ${revision}`, async () => {
        const folder = await fetchModel('owner/name', { revision });
        expect(folder).to.equal(home('snapshots', OLD));
        expect(readFileSync(join(folder, 'boomerang.json'), 'utf8')).to.include('3');
      });
    }

    it('shares contents with other revisions', async () => {
      await fetchModel('owner/name');
      await fetchModel('owner/name', { revision: 'v1' });
      expect(asked().filter((name) => name === WEIGHTS)).to.have.length(1);
      expect(asked().filter((name) => name === 'boomerang.json')).to.have.length(2);
    });

    it('moves on when the branch does', async () => {
      await fetchModel('owner/name');
      hub().refs.set('main', OLD);
      expect(await fetchModel('owner/name')).to.equal(home('snapshots', OLD));
    });

    it('is refused when there is none of that name', async () => {
      const error = await rejection(fetchModel('owner/name', { revision: 'v9' }));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'no-such-revision');
      expect(error.message).to.include('v9');
    });

    for (const revision of ['', '../../x', '/etc', 'a b', '-x']) {
      it(`is refused when it is "${revision}"`, async () => {
        const error = await rejection(fetchModel('owner/name', { revision }));
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'bad-revision');
        expect(error.message).to.match(/got ".*"; leave it out/);
        expect(hub().asked).to.deep.equal([]);
      });
    }
  });

  for (const [variable, folder] of [
    ['HF_HUB_CACHE', ''],
    ['XDG_CACHE_HOME', '/huggingface/hub'],
  ] as const) {
    it(`lies where ${variable} says`, async () => {
      delete process.env['HF_HOME'];
      process.env[variable] = path('cache');
      expect(await fetchModel('owner/name')).to.equal(path(`cache${folder}/models--owner--name/snapshots/${MAIN}`));
    });
  }
});

describe('isHubName', () => {
  for (const name of ['google/ddpm-cifar10-32', 'a/b', 'owner/name.v1_2']) {
    it(`knows ${name}`, () => expect(isHubName(name)).to.equal(true));
  }
  for (const place of [
    'name',
    './a/b',
    '/a/b',
    'a/b/c',
    '../b',
    'a/..',
    'a/model.onnx',
    'a/model.json',
    'a b/c',
    'a/b--c',
    '',
  ]) {
    it(`takes "${place}" for a path`, () => expect(isHubName(place)).to.equal(false));
  }

  it('is not asked about a folder that is here', async () => {
    const before = process.cwd();
    process.chdir(root);
    try {
      expect(await onDisk('models/fashion-28')).to.equal('models/fashion-28');
    } finally {
      process.chdir(before);
    }
  });
});
