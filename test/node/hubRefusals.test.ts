import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { CheckpointError, EnvironmentError } from '../../src/errors.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { hubFetch } from '../../src/node/hub/request.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { cutAfter, HALF, hubSuite, MAIN, pipeline, WEIGHTS, weightsFault } from '../support/hubModel.ts';
import { startHub } from '../support/hubServer.ts';
import { rejection } from '../support/scratch.ts';

describe('a model from the hub', () => {
  const { path, hub, home, asked, failing } = hubSuite();

  describe('that is not to be had', () => {
    it('is named with its URL when the hub does not know it', async () => {
      const error = await rejection(loadModel('owner/absent'));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'no-such-model');
      expect(error.message).to.include(`${hub().endpoint}/api/models/owner/absent`).and.include('404');
      expect(error.message).to.match(/check .*name.*path/);
    });

    it('needs a token when it is not for everybody', async () => {
      hub().token = 'hf_secret';
      expect(await failing('needs-token', EnvironmentError))
        .to.include('set HF_TOKEN')
        .and.include('401');
      process.env['HF_TOKEN'] = 'hf_other';
      expect(await failing('needs-token', EnvironmentError))
        .to.include('HF_TOKEN is not allowed')
        .and.not.include('hf_');
    });

    for (const [title, set] of [
      ['HF_TOKEN', () => Object.assign(process.env, { HF_TOKEN: 'secret' })],
      ["the Python client's token file", () => writeFileSync(path('hf/token'), 'secret\n')],
      [
        'the file that HF_TOKEN_PATH names',
        () => {
          writeFileSync(path('hf/elsewhere'), 'secret');
          process.env['HF_TOKEN_PATH'] = path('hf/elsewhere');
        },
      ],
    ] as const) {
      it(`is fetched with the token of ${title}`, async () => {
        hub().token = 'secret';
        mkdirSync(path('hf'));
        set();
        await fetchModel('owner/name');
        expect(new Set(hub().asked.map(({ token }) => token))).to.deep.equal(new Set(['Bearer secret']));
      });
    }

    it('sends the token to the hub, and not to the store to which the hub sends it on', async () => {
      process.env['HF_TOKEN'] = 'secret';
      const store = await startHub(pipeline());
      hub().fault = weightsFault((request, response) => {
        response.writeHead(302, { Location: `${store.endpoint}${request.url}` }).end();
      });
      store.fault = cutAfter(HALF, 1);
      await fetchModel('owner/name').finally(store.close);
      expect(store.asked.map(({ token }) => token)).to.deep.equal([undefined, undefined]);
      expect(store.asked[1]?.range).to.match(/^bytes=\d+-$/);
    });

    it('keeps the token from an address that the hub only names', async () => {
      const other = await startHub(pipeline());
      const request = hubFetch(
        { endpoint: hub().endpoint, token: 'secret', cache: '', isOffline: false },
        'owner/name',
      );
      await request(`${other.endpoint}/owner/name/resolve/main/${WEIGHTS}`).finally(other.close);
      expect(other.asked.map(({ token }) => token)).to.deep.equal([undefined]);
    });

    it('is a hub that cannot be reached', async () => {
      await hub().close();
      expect(await failing('hub-unreachable', EnvironmentError))
        .to.include('ECONNREFUSED')
        .and.include(hub().endpoint);
    });

    it('is a hub that is out of order', async () => {
      hub().fault = weightsFault((_, response) => response.writeHead(503).end('busy'));
      expect(await failing('hub-unreachable', EnvironmentError)).to.include('503');
    });

    it('is a place that is no hub', async () => {
      hub().refs.set('main', 'no commit');
      hub().commits.set('no commit', pipeline());
      expect(await failing('hub-unreachable', EnvironmentError)).to.include('does not answer like a hub');
    });

    it('is one with pickles alone, refused with the remedy and not fetched', async () => {
      const files = pipeline();
      files.delete(WEIGHTS);
      hub().commits.set(MAIN, files);
      expect(await failing('pickle-refused', CheckpointError)).to.include('safe_serialization=True');
      expect(asked().some((name) => name.endsWith('.bin'))).to.equal(false);
    });

    it('is of another kind, refused before its weights are fetched', async () => {
      const config = Buffer.from('{ "_class_name": "UNet2DConditionModel" }');
      hub().commits.set(MAIN, pipeline().set('unet/config.json', config));
      expect(await failing('unsupported-config', CheckpointError)).to.include('UNet2DConditionModel');
      expect(asked()).to.not.include(WEIGHTS);
    });

    it('cannot be kept where nothing can be written', async () => {
      writeFileSync(path('file'), '');
      process.env['HF_HOME'] = path('file');
      expect(await failing('bad-cache', EnvironmentError))
        .to.include('HF_HOME')
        .and.include(path('file'));
    });
  });

  describe('off line', () => {
    beforeEach(() => {
      process.env['HF_HUB_OFFLINE'] = '1';
    });
    const fetchBefore = async (): Promise<void> => {
      process.env['HF_HUB_OFFLINE'] = '0';
      await fetchModel('owner/name');
      process.env['HF_HUB_OFFLINE'] = '1';
      hub().asked.length = 0;
      await hub().close();
    };

    it('is the one that was fetched, by branch and by commit, without a request', async () => {
      await fetchBefore();
      for (const revision of ['main', MAIN]) {
        const model = await loadModel('owner/name', { revision });
        expect(model.parameterCount).to.equal(1_114_209);
        model.dispose();
      }
    });

    it('is refused when it was never fetched, before anything is asked', async () => {
      expect(await failing('offline', EnvironmentError))
        .to.include('HF_HUB_OFFLINE')
        .and.include(path('hf/hub'));
      expect(hub().asked).to.deep.equal([]);
    });

    it('is refused when only a part of it was fetched', async () => {
      delete process.env['HF_HUB_OFFLINE'];
      hub().fault = weightsFault((_, response) => response.writeHead(503).end());
      await rejection(fetchModel('owner/name'));
      process.env['HF_HUB_OFFLINE'] = '1';
      await failing('offline', EnvironmentError);
    });

    it('is the one that was fetched when the hub is away, and says so', async () => {
      await fetchBefore();
      delete process.env['HF_HUB_OFFLINE'];
      const [original, said] = [console.warn, [] as unknown[]];
      console.warn = (...words) => said.push(...words);
      try {
        expect(await fetchModel('owner/name')).to.equal(home('snapshots', MAIN));
      } finally {
        console.warn = original;
      }
      expect(said.join()).to.include('owner/name').and.include('earlier download');
    });
  });
});
