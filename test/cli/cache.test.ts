import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { diskCache } from '../../src/node/diskCache/diskCache.ts';
import { runInProcess } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('boomerang cache', () => {
  const path = scratchFolder();
  const run = (command: string, ...argv: string[]) => runInProcess(['cache', command, path('cache'), ...argv]);
  const segments = (): string[] => readdirSync(path('cache')).filter((name) => name.endsWith('.latents'));

  beforeEach(() => {
    const cache = diskCache(path('cache'), { maxBytes: 2 ** 20 });
    for (let n = 0; n < 5; n += 1) cache.set(`key ${n}`, new Float32Array(100).fill(n));
    cache.dispose?.();
  });
  const damage = (): void => {
    const file = path(`cache/${segments()[0]}`);
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
    writeFileSync(file, bytes);
  };

  it('counts what is there, for people and for programs', async () => {
    const figures = { entries: 5, bytes: 5 * 432, segments: 1, damaged: 0 };
    for (const command of ['info', 'verify']) {
      const { status, stdout } = await run(command, '--json');
      expect({ status, ...JSON.parse(stdout) }).to.deep.equal({
        status: 0,
        folder: path('cache'),
        ...figures,
      });
      const said = (await run(command)).stdout.trim().split('\n');
      expect(said.map((line) => line.split(/ +/))).to.deep.equal(
        Object.entries(figures).map(([name, value]) => [name, String(value)]),
      );
    }
  });

  it('finds damage by reading, and ends with 1', async () => {
    damage();
    expect(JSON.parse((await run('info', '--json')).stdout)).to.include({ entries: 5, damaged: 0 });
    const { status, stdout, stderr } = await run('verify', '--json');
    expect(JSON.parse(stdout)).to.include({ entries: 4, damaged: 1 });
    expect(status).to.equal(1);
    expect(stderr).to.match(/^verified: begins\nverified: done in \d+ s\n$/);
  });

  it('deletes the files of the cache and no other', async () => {
    mkdirSync(path('cache/mine'));
    for (const name of ['notes.txt', 'mine/a.latents', 'b.latents']) writeFileSync(path(`cache/${name}`), 'mine');
    const { status, stdout } = await run('clear', '--json');
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ segments: 1, bytes: 5 * 432 });
    expect(readdirSync(path('cache')).sort()).to.deep.equal(['CACHEDIR.TAG', 'b.latents', 'mine', 'notes.txt']);
    expect(readdirSync(path('cache/mine'))).to.deep.equal(['a.latents']);
    expect(JSON.parse((await run('info', '--json')).stdout)).to.include({ entries: 0, bytes: 0, segments: 0 });
  });

  it('refuses a folder that is no cache, and deletes nothing there', async () => {
    mkdirSync(path('other'));
    writeFileSync(path(`other/${segments()[0]}`), '');
    for (const command of ['info', 'verify', 'clear']) {
      for (const folder of ['other', 'absent']) {
        const { status, stdout, stderr } = await runInProcess(['cache', command, path(folder)]);
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
        expect(stderr).to.match(/^error not-a-cache: .*\n$/);
      }
    }
    expect(readdirSync(path('other'))).to.have.lengthOf(1);
  });
});
