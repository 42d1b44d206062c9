import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import type { DownloadProgress } from '../../src/models/downloadProgress.ts';
import { downloadFiles } from '../../src/node/data/downloadFiles.ts';
import { type FileServer, startFiles } from '../support/fileServer.ts';
import { digest, sendHead } from '../support/hubServer.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

const LARGE = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
const SMALL = Buffer.from('labels');
const HALF = 100_000;

const published = (name: string, content: Uint8Array) => ({
  name,
  size: content.byteLength,
  sha256: digest('sha256', content),
});
const FILES = [published('images', LARGE), published('labels', SMALL)];

describe('downloadFiles', () => {
  const path = scratchFolder();
  const folder = (name = ''): string => path(`data/${name}`);
  let server: FileServer;
  beforeEach(async () => {
    server = await startFiles(
      new Map([
        ['images', LARGE],
        ['labels', SMALL],
      ]),
    );
  });
  afterEach(() => server.close());
  const fetchAll = (onProgress?: (progress: DownloadProgress) => void): Promise<void> =>
    downloadFiles(FILES, { base: server.base, folder: folder(), onProgress });

  it('brings each file under its name, says how far it is, and leaves nothing else', async () => {
    const said: DownloadProgress[] = [];
    await fetchAll((progress) => said.push(progress));
    expect(readdirSync(folder()).sort()).to.deep.equal(['images', 'labels']);
    expect(readFileSync(folder('images')).equals(LARGE)).to.equal(true);
    expect(readFileSync(folder('labels')).equals(SMALL)).to.equal(true);
    expect(said.at(-1)).to.deep.equal({ file: 'labels', done: 6, total: 6 });
    expect(said.filter(({ file }) => file === 'images').at(-1)).to.include({ done: 200_000, total: 200_000 });
  });

  it('fetches only what is absent', async () => {
    await fetchAll();
    server.asked.length = 0;
    await fetchAll();
    expect(server.asked).to.deep.equal([]);
  });

  it('takes an address with a slash at its end', async () => {
    await downloadFiles(FILES, { base: `${server.base}/`, folder: folder() });
    expect(server.asked.map((asked) => asked.path)).to.deep.equal(['images', 'labels']);
  });

  it('goes on where the connection was cut', async () => {
    let cuts = 0;
    server.fault = (request, response, content) => {
      if (cuts++ > 0) return false;
      sendHead(request, response, content);
      response.write(content.subarray(0, HALF), () => response.destroy());
      return true;
    };
    await fetchAll();
    expect(readFileSync(folder('images')).equals(LARGE)).to.equal(true);
    expect(server.asked[1]?.range).to.match(/^bytes=\d+-$/);
  });

  /** Fails, and leaves neither file under its name. */
  const failing = async (base = server.base): Promise<string> => {
    const error = await rejection(downloadFiles(FILES, { base, folder: folder() }));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'cannot-download');
    expect(error.message).to.include('/images').and.include(folder()).and.not.include('\n');
    expect([existsSync(folder('images')), existsSync(folder('labels'))]).to.deep.equal([false, false]);
    return error.message;
  };

  it('keeps what has come when the server is gone, and a later call fetches the rest', async () => {
    let cuts = 0;
    server.fault = (request, response, content) => {
      if (cuts++ > 0) return Boolean(response.destroy());
      sendHead(request, response, content);
      response.write(content.subarray(0, HALF), () => response.destroy());
      return true;
    };
    await failing();
    server.fault = undefined;
    server.asked.length = 0;
    await fetchAll();
    expect(server.asked[0]?.range).to.match(/^bytes=\d+-$/);
    expect(readFileSync(folder('images')).equals(LARGE)).to.equal(true);
    expect(readdirSync(folder()).sort()).to.deep.equal(['images', 'labels']);
  });

  it('refuses a content with another digest, and fetches it whole the next time', async () => {
    server.fault = (request, response, content) => {
      const wrong = Buffer.from(content);
      wrong[HALF] = (wrong[HALF] ?? 0) ^ 1;
      sendHead(request, response, wrong);
      response.end(wrong);
      return true;
    };
    expect(await failing()).to.include(digest('sha256', LARGE));
    server.fault = undefined;
    await fetchAll();
    expect(server.asked.slice(1).map(({ range }) => range)).to.deep.equal([undefined, undefined]);
  });

  it('refuses a web page in place of the file', async () => {
    server.fault = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>log in</html>');
      return true;
    };
    expect(await failing()).to.include('web page');
  });

  it('says that there is no such file', async () => {
    expect(await failing(`${server.base}/elsewhere`)).to.include('404');
  });

  it('says that nobody answers, and what to do', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => free.once('listening', done));
    const { port } = free.address() as AddressInfo;
    await new Promise((done) => free.close(done));
    expect(await failing(`http://127.0.0.1:${port}`)).to.match(/ECONNREFUSED.*network.*by hand/);
  });

  it('says that the folder cannot be written', async () => {
    mkdirSync(path(), { recursive: true });
    writeFileSync(path('data'), 'a file');
    const error = await rejection(downloadFiles(FILES, { base: server.base, folder: folder('below') }));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'cannot-download');
    expect(error.message).to.match(/ENOTDIR|EEXIST/);
  });
});
