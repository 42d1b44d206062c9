import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { onDisk } from '../../../../src/node/runs/destinations/diskFault.ts';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { rejection, scratchFolder } from '../../../support/scratch.ts';
import { root, TSX } from '../../../support/shared.ts';

const BYTES = new Uint8Array([1, 2, 3]);

describe('a destination on a disk that cannot be written', () => {
  const path = scratchFolder();

  it('refuses to put a file where a folder is, and leaves nothing of it', async () => {
    const disk = await openDestination(path('out'));
    await disk.put('data/a', BYTES);
    const file = /: a file is where a folder has to be; choose another place$/;
    for (const [put, why] of [
      [() => disk.put('data', BYTES), /: a folder is where a file has to be; choose another place$/],
      [() => disk.put('data/a/b', BYTES), file],
      [() => disk.putNew('data/a/b', BYTES), file],
    ] as const) {
      const error = await rejection(put());
      expect(error).to.have.property('code', 'bad-output');
      expect(error.message).to.match(why);
    }
    expect(readdirSync(path('out'))).to.deep.equal(['data']);
  });

  it('is refused in a line before any work where it cannot be written', async () => {
    writeFileSync(path('file'), '');
    for (const place of [path('file'), path('file/out'), '/proc/out', `${path('a')}/${'b'.repeat(300)}`]) {
      const error = await rejection(openDestination(place));
      expect(error, place).to.have.property('code', 'bad-output');
      expect(error.message).to.match(/^cannot write [^\n]+;[^\n]+$/);
    }
    for (const place of ['', 'gs://bucket/a', 'https://host/a']) {
      expect(await rejection(openDestination(place)), place).to.have.property('code', 'bad-destination');
    }
  });

  it('says in a line that the disk is full, and keeps nothing of what did not fit', function () {
    if (spawnSync('sh', ['-c', 'ulimit -f 2']).status !== 0) this.skip(); // there are no such limits here
    const script = `
      import { openDestination } from ${JSON.stringify(join(root, 'src/node/runs/destinations/openDestination.ts'))};
      const disk = await openDestination(${JSON.stringify(path('out'))});
      await disk.put('small', new Uint8Array(100));
      for (const put of [disk.put, disk.putNew]) {
        await put('large', new Uint8Array(5000)).catch(({ code, message }) => console.log(code + ' ' + message));
      }`;
    const node = [process.execPath, ...TSX, '--input-type=module', '-e', script];
    const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
    const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 2; exec "$@"', 'sh', ...node], { env, cwd: root });
    const line = `bad-output cannot write ${path('out/large')}: EFBIG; choose another place\n`;
    expect(`${stdout}`, `${stderr}`).to.equal(line + line);
    expect(readdirSync(path('out'))).to.deep.equal(['small']);
  });

  it('says what would help where there is no room', async () => {
    for (const [code, what] of [
      ['ENOSPC', 'the disk is full'],
      ['EDQUOT', 'the quota is used up'],
      ['EIO', 'EIO; choose another place'],
    ] as const) {
      const fails = onDisk('/a', () => Promise.reject(Object.assign(new Error(code), { code })));
      expect((await rejection(fails)).message).to.match(new RegExp(`^cannot write /a: ${what}`));
    }
  });
});
