import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BrowserContext, Page } from 'playwright-core';
import { openModel } from '../../src/models/openModel.ts';
import { openFolder } from '../../src/node/folder.ts';
import { describeChromium } from '../support/chromium.ts';
import { type ModelStore, sha256, startStore } from '../support/modelStore.ts';
import { root } from '../support/shared.ts';
import { bundlePage, servePage, type WebPage } from '../support/webPage.ts';
import type { Outcome } from './keptPage.ts';

const MB = 2 ** 20;
const content = (size: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let n = 0; n < size; n += 1) bytes[n] = n * seed + (n >> 8);
  return bytes;
};

/** The shipped model's files. */
const fashion = (): [string, Uint8Array][] => {
  const home = join(root, 'models/fashion-28');
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(home, name)).isFile(),
  );
  return names.map((name) => [`fashion/${name}`, new Uint8Array(readFileSync(join(home, name)))]);
};

const LAUNCH = ['--disable-gpu', '--host-resolver-rules=MAP insecure.test 127.0.0.1'];

describeChromium(
  'weights in a browser',
  (browser) => {
    let [site, store]: [WebPage, ModelStore] = [undefined as never, undefined as never];
    let [context, page]: [BrowserContext, Page] = [undefined as never, undefined as never];
    let digest = '';
    const faults: string[] = [];
    const weights = content(10 * MB, 7);
    const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';

    const visit = async (address = site.address): Promise<void> => {
      await page?.close();
      page = await context.newPage();
      page.on('pageerror', ({ message }) => faults.push(message));
      await page.goto(address);
      await page.waitForFunction('globalThis.read !== undefined');
    };
    const call = (name: string, asking: object = {}): Promise<Outcome> =>
      page.evaluate(`globalThis.${name}(${JSON.stringify(asking)})`) as Promise<Outcome>;
    const read = (options: object = {}): Promise<Outcome> =>
      call('read', { address: store.address, path: 'a.bin', ...options });
    const gets = (): readonly (string | undefined)[] =>
      store.asked
        .filter(({ method, path }) => method === 'GET' && path === 'a.bin')
        .map(({ range }) => range ?? 'whole');

    before(async () => {
      site = await servePage(await bundlePage(join(import.meta.dirname, 'keptPage.ts')));
      const model = await openModel(await openFolder(join(root, 'models/fashion-28')));
      digest = model.digest;
      model.dispose();
    });
    after(() => site?.close());
    beforeEach(async () => {
      store = await startStore();
      store.files.set('a.bin', weights);
      context = await browser().newContext();
      await visit();
    });
    afterEach(async () => {
      await context.close();
      await store.close();
      expect(faults).to.deep.equal([]);
    });

    it('are kept part by part, and not fetched again while the server calls them the same', async () => {
      const first = await read();
      expect(first).to.deep.include({ value: sha256(weights), warnings: [] });
      expect(first.progress.at(-1)).to.deep.equal(['a.bin', weights.length, weights.length]);
      expect(await page.evaluate('globalThis.keptCount()')).to.equal(4); // three parts and a record
      await visit();
      expect(await read()).to.deep.include({ value: sha256(weights), progress: [] });
      expect(gets()).to.deep.equal(['whole']);
    });

    it('come whole over connections that are cut, each going on where the last one stopped', async () => {
      store.cutAfter = 3 * MB;
      const { value, progress } = await read();
      expect(value).to.equal(sha256(weights));
      expect(gets()).to.have.length(4);
      expect(gets().slice(1)).to.satisfy((ranges: string[]) => ranges.every((range) => /^bytes=\d+-$/.test(range)));
      const done = progress.map(([, bytes]) => bytes);
      expect(done).to.deep.equal([...done].sort((a, b) => a - b));
    });

    it('go on at the next visit where the last one stopped', async () => {
      store.cutAfter = 6 * MB;
      store.onCut = () => {
        store.isOutOfOrder = true;
      };
      const { error } = await read();
      expect(error).to.include({ code: 'unreachable', name: 'EnvironmentError' });
      [store.isOutOfOrder, store.cutAfter] = [false, Number.POSITIVE_INFINITY];
      await visit();
      const { value, progress } = await read();
      expect(value).to.equal(sha256(weights));
      expect(Number(/\d+/.exec(gets().at(-1) ?? '')?.[0])).to.be.within(1 * MB, 6 * MB);
      expect(progress[0]?.[1]).to.be.at.least(1 * MB);
    });

    it('come whole from a server that sends no rests', async () => {
      store.sendsRests = false;
      store.cutAfter = 6 * MB;
      store.onCut = () => {
        store.cutAfter = Number.POSITIVE_INFINITY;
      };
      expect((await read()).value).to.equal(sha256(weights));
    });

    it('come whole from a server that compresses them on the way', async () => {
      store.compresses = true;
      expect((await read()).value).to.equal(sha256(weights));
      await visit();
      expect(await read()).to.deep.include({ value: sha256(weights), progress: [] });
    });

    it('that changed are fetched anew, whole or begun', async () => {
      await read();
      const changed = content(10 * MB, 11);
      store.files.set('a.bin', changed);
      await visit();
      expect((await read()).value).to.equal(sha256(changed));
      store.files.set('a.bin', weights);
      store.cutAfter = 6 * MB;
      await visit();
      store.onCut = () => {
        store.isOutOfOrder = true;
      };
      expect((await read()).error?.code).to.equal('unreachable');
      store.files.set('a.bin', changed);
      [store.isOutOfOrder, store.cutAfter] = [false, Number.POSITIVE_INFINITY];
      await visit();
      expect((await read()).value).to.equal(sha256(changed));
      expect(gets().at(-1)).to.equal('whole');
    });

    it('are fetched again where what was kept is damaged, which is said', async () => {
      await read();
      await page.evaluate('globalThis.damage()');
      await visit();
      const { value, warnings } = await read();
      expect(value).to.equal(sha256(weights));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('damaged').and.include(`${store.address}/a.bin`);
      expect(gets()).to.deep.equal(['whole', 'whole']);
    });

    it('of another checksum than is wanted are refused, and not kept', async () => {
      const wanted = { sha256: { 'a.bin': '0'.repeat(64) } };
      const { error } = await read(wanted);
      expect(error).to.include({ code: 'wrong-checksum', name: 'CheckpointError' });
      expect(error?.message)
        .to.include(`${store.address}/a.bin`)
        .and.include(sha256(weights))
        .and.match(/; check/);
      expect(await page.evaluate('globalThis.keptCount()')).to.equal(0);
      expect((await read({ sha256: { 'a.bin': sha256(weights) } })).value).to.equal(sha256(weights));
    });

    for (const [fault, code, act] of [
      [
        'a server that lets no other page read',
        'cors-refused',
        () => {
          store.allowsOthers = false;
        },
      ],
      ['a file that is not there', 'no-such-file', () => store.files.delete('a.bin')],
      [
        'a server that is out of order',
        'unreachable',
        () => {
          store.isOutOfOrder = true;
        },
      ],
      ['a server that is not there', 'unreachable', () => store.close()],
      ['a browser that is offline', 'offline', () => context.setOffline(true)],
    ] as const) {
      it(`say in one line, with the address and the remedy, what ${fault} is: ${code}`, async () => {
        await act();
        const { error } = await read();
        expect(error).to.include({ code });
        expect(error?.message).to.include(`${store.address}/a.bin`).and.match(/; \w/).and.not.include('\n');
      });
    }

    it('of a model that was opened once open without a network, aloud', async () => {
      for (const [path, bytes] of fashion()) store.files.set(path, bytes);
      const address = `${store.address}/fashion`;
      const first = await call('open', { address });
      expect(first).to.include({ value: digest });
      expect(first.progress.some(([file, done, total]) => file === WEIGHTS && done === total)).to.equal(true);
      await visit();
      await context.setOffline(true);
      const { value, warnings } = await call('open', { address });
      expect(value).to.equal(digest);
      expect(warnings.join('\n')).to.include('offline').and.include('going on with what is kept');
    });

    it('of a checksum that nothing is read for are refused: it may be misspelt', async () => {
      for (const [path, bytes] of fashion()) store.files.set(path, bytes);
      const { error } = await call('open', {
        address: `${store.address}/fashion`,
        sha256: { 'a.bin': '0'.repeat(64) },
      });
      expect(error).to.include({ code: 'unused-checksum' });
      expect(error?.message).to.include('a.bin').and.include(WEIGHTS);
    });

    /** A hub that lists the shipped model as `someone/clothes`, and sends `files`; what it was asked for. */
    const hub = async (files: ReadonlyMap<string, Uint8Array>): Promise<readonly string[]> => {
      const asked: string[] = [];
      const headers = { 'Access-Control-Allow-Origin': '*' };
      const entries = fashion().map(([path, bytes]) => ({
        ...{ type: 'file', path: path.replace('fashion/', '') },
        ...(path.endsWith(WEIGHTS) ? { lfs: { oid: sha256(bytes), size: bytes.byteLength } } : {}),
      }));
      await context.route('https://huggingface.co/**', async (route) => {
        const { pathname } = new URL(route.request().url());
        asked.push(pathname);
        const file = files.get(pathname.replace('/someone/clothes/resolve/main/', 'fashion/'));
        if (pathname === '/api/models/someone/clothes/tree/main') await route.fulfill({ headers, json: entries });
        else await route.fulfill({ headers, ...(file ? { body: Buffer.from(file) } : { status: 401 }) });
      });
      return asked;
    };

    it('come from the hub by name, where the page has no such folder', async () => {
      const asked = await hub(new Map(fashion()));
      expect(await call('open', { address: 'someone/clothes' })).to.include({ value: digest });
      expect(asked).to.include(`/someone/clothes/resolve/main/${WEIGHTS}`);
      const { error } = await call('open', { address: 'someone/shoes' });
      expect(error).to.include({ code: 'no-such-model' });
      expect(error?.message).to.include('someone/shoes').and.include('401');
    });

    it('from the hub must have the checksum that it says', async () => {
      const path = `fashion/${WEIGHTS}`;
      const files = new Map(fashion());
      const weights = files.get(path) as Uint8Array;
      await hub(files.set(path, weights.with(weights.length - 4, (weights.at(-4) as number) ^ 1)));
      const { error } = await call('open', { address: 'someone/clothes' });
      expect(error).to.include({ code: 'wrong-checksum' });
      expect(error?.message).to.include(sha256(weights));
    });

    it('that do not fit into the room of the site are used, and said not to be kept', async () => {
      const session = await context.newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', { origin: site.address, quotaSize: 5 * MB });
      const { value, warnings } = await read();
      expect(value).to.equal(sha256(weights));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('quota-full').and.include(`${store.address}/a.bin`);
      expect(await page.evaluate('globalThis.keptCount()')).to.equal(0);
    });

    it('are used where pages have neither cache nor Web Crypto, which is said once', async () => {
      for (const [path, bytes] of fashion()) store.files.set(path, bytes);
      await visit(site.address.replace('127.0.0.1', 'insecure.test'));
      expect(await page.evaluate('isSecureContext')).to.equal(false);
      const { value, warnings } = await call('open', { address: `${store.address}/fashion` });
      expect(value).to.equal(digest);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('no-cache-api').and.include('https');
    });

    it('from a server that names no contents are told apart by their length', async () => {
      store.namesContents = false;
      await read();
      expect((await read()).progress).to.deep.equal([]);
      const longer = content(10 * MB + 1, 7);
      store.files.set('a.bin', longer);
      expect((await read()).value).to.equal(sha256(longer));
    });
  },
  LAUNCH,
);
