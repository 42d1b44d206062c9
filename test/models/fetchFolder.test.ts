import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { CheckpointError, EnvironmentError } from '../../src/errors.ts';
import { fetchFolder } from '../../src/models/fetchFolder.ts';
import { loadModel } from '../../src/web/loadModel.ts';
import { rejection } from '../support/scratch.ts';
import { collectWarnings } from '../support/warnings.ts';

const readsFile = (address: string): Promise<unknown> => fetchFolder(address).read('a');
const looksForFile = (address: string): Promise<unknown> => fetchFolder(address).exists('a');

describe('a folder behind an address', () => {
  collectWarnings();
  let server: Server;
  let address = '';
  let answer: RequestListener;
  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
  });
  const stop = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  afterEach(stop);

  it('that nobody serves is an error with the address, the reason and the remedy', async () => {
    await stop();
    for (const ask of [loadModel, readsFile, looksForFile]) {
      const error = await rejection(ask(address));
      expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'unreachable');
      expect(error.message).to.include(`${address}/`).and.include('ECONNREFUSED').and.include('; check');
    }
  });

  it('that is no address is named', async () => {
    const error = await rejection(fetchFolder('http://nobody:port').read('a'));
    expect(error).to.include({ code: 'unreachable' });
    expect(error.message).to.include('http://nobody:port/a');
  });

  it('whose answer breaks off is an error with the address', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    const error = await rejection(fetchFolder(address).read('weights'));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'unreachable');
    expect(error.message).to.include(`${address}/weights`);
  });

  it('that is out of order is not taken for one without the file', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    for (const ask of [readsFile, looksForFile]) {
      const error = await rejection(ask(address));
      expect(error).to.include({ code: 'unreachable' });
      expect(error.message).to.include('answered 503');
    }
  });

  it('without the file says so, also where every address is answered with the page of an application', async () => {
    for (const listener of [
      (_request, response) => response.writeHead(404).end(),
      (_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    ] as const satisfies readonly RequestListener[]) {
      answer = listener;
      expect(await fetchFolder(address).exists('a')).to.equal(false);
      const error = await rejection(fetchFolder(address).read('a'));
      expect(error).to.be.instanceOf(CheckpointError).with.property('code', 'no-such-file');
      expect(error.message)
        .to.include(`${address}/a`)
        .and.match(/; check/);
    }
  });
});
