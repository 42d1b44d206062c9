import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { doorFile, keepDoor, keptDoor, newToken } from '../../../src/studio/server/door.ts';
import { openStudio } from '../../../src/studio/server/openStudio.ts';
import { readPage } from '../../../src/studio/server/page.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { root, TSX } from '../../support/shared.ts';
import { askStudio, greyImages, PAGE, settingOf, startStudio } from '../../support/studioServer.ts';

describe('where the studio is found', () => {
  const path = scratchFolder();

  it('keeps its port and token for this user alone, and makes others of what is damaged', async () => {
    const file = path('door.json');
    const door = { port: 4321, token: newToken() };
    await keepDoor(file, door);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(await keptDoor(file)).to.deep.equal(door);
    const whole = readFileSync(file, 'utf8');
    for (const text of [
      '',
      'no JSON',
      'null',
      '[]',
      whole.slice(0, -2),
      JSON.stringify({ ...door, port: 80 }),
      JSON.stringify({ ...door, token: '' }),
    ]) {
      writeFileSync(file, text);
      expect(await keptDoor(file), text).to.equal(undefined);
    }
    expect(await keptDoor(path('none'))).to.equal(undefined);
  });

  it('makes tokens of 256 bits, never the same', () => {
    const tokens = Array.from({ length: 50 }, newToken);
    expect(new Set(tokens).size).to.equal(50);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).to.have.length(32);
  });

  it('is another place for other images and another model', async () => {
    const [data, model] = [greyImages(), gaussianModel()];
    const files = await Promise.all([
      doorFile({ data, model }),
      doorFile({ data: { ...data, digest: 'other' }, model }),
      doorFile({ data, model: { ...model, digest: 'other' } }),
    ]);
    expect(new Set(files).size).to.equal(3);
    expect(await doorFile({ data: greyImages(), model: gaussianModel() })).to.equal(files[0]);
  });

  it('takes another port where that of last time is in use, and a named one never', async () => {
    const model = gaussianModel([4, 4, 1], 0.31);
    const first = await openStudio(settingOf({ model }), { page: PAGE });
    const second = await openStudio(settingOf({ model }), { page: PAGE });
    try {
      expect(second.port).to.not.equal(first.port);
      const token = (address: string): string | null => new URL(address).searchParams.get('token');
      expect(token(second.address)).to.equal(token(first.address));
      const error = await rejection(openStudio(settingOf({ model }), { page: PAGE, port: first.port }));
      expect(error.code).to.equal('port-in-use');
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('is found again by a page that is still open after the studio was killed and started again', async () => {
    const first = await startChild();
    const cookieOf = async (address: string): Promise<string> => {
      const { headers } = await fetch(address, { redirect: 'manual' });
      return headers.getSetCookie()[0]?.split(';')[0] as string;
    };
    const cookie = await cookieOf(first.address);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const second = await startChild();
    try {
      expect(second.address).to.equal(first.address);
      const { status } = await fetch(new URL('/api/about', second.address), { headers: { cookie } });
      expect(status).to.equal(200);
    } finally {
      second.child.kill('SIGKILL');
      await once(second.child, 'close');
    }
  });

  it('is let go when it ends: streams, sockets and its port', async () => {
    const ending = new AbortController();
    const studio = await startStudio({ signal: ending.signal });
    const { status } = await askStudio(studio, '/api/about', { headers: { cookie: studio.cookie } });
    expect(status).to.equal(200);
    ending.abort();
    await studio.close();
    await studio.close(); // twice does no harm
    const again = createServer().listen(studio.port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  it('says that its page is not built, and how it is', async () => {
    const error = await rejection(readPage(path('nothing')));
    expect(error.code).to.equal('not-built');
    expect(error.message).to.include('npm run build');
  });

  const startChild = async (): Promise<{ child: ChildProcess; address: string }> => {
    const child = spawn(process.execPath, [...TSX, join(root, 'test/studio/server/studioChild.ts')], { cwd: root });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const [address] = (await Promise.race([once(child.stdout, 'data'), once(child, 'close').then(() => [''])])) as [
      Buffer,
    ];
    if (address.length === 0) throw new Error(`it did not start: ${said}`);
    return { child, address: address.toString().trim() };
  };
});
