import { connect } from 'node:net';
import { expect } from 'chai';
import { Hono } from 'hono';
import { statusOf } from '../../../src/studio/server/faults.ts';
import { guard } from '../../../src/studio/server/guard.ts';
import { rejection } from '../../support/scratch.ts';
import { askStudio, startStudio, type TestStudio, TOKEN } from '../../support/studioServer.ts';

const codeOf = (text: string): string => (JSON.parse(text) as { error: { code: string } }).error.code;

describe('the door of the studio', () => {
  let studio: TestStudio;
  before(async () => {
    studio = await startStudio();
  });
  after(() => studio.close());
  const ask = (path: string, question: Parameters<typeof askStudio>[2] = {}) =>
    askStudio(studio, path, { ...question, headers: { cookie: studio.cookie, ...question.headers } });

  it('lets in the page that the printed link opens, and takes the token out of the address', async () => {
    const { status, headers } = await askStudio(studio, `/strength?token=${TOKEN}&choice=%7B%7D`);
    expect(status).to.equal(303);
    expect(headers.location).to.equal('/strength?choice=%7B%7D');
    const cookie = headers['set-cookie']?.[0] ?? '';
    expect(cookie)
      .to.match(/; HttpOnly/)
      .and.match(/; SameSite=Strict/)
      .and.match(/; Path=\//);
    expect(cookie.split(';')[0]).to.equal(studio.cookie);
    const page = await ask('/strength?choice=%7B%7D');
    expect([page.status, page.headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8']);
  });

  it('never leads from its link to another host', async () => {
    const { headers } = await askStudio(studio, `//elsewhere.example/?token=${TOKEN}`);
    expect(headers.location).to.satisfy((place?: string) => place === undefined || /^\/(?!\/)/.test(place));
  });

  it('opens from a link in another page by a step of its own, since no cookie would follow a redirect', async () => {
    const { status, headers } = await askStudio(studio, `/?token=${TOKEN}`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([status, headers['refresh'], headers.location]).to.deep.equal([200, '0; url=/', undefined]);
    expect(headers['set-cookie']?.[0]).to.include(studio.cookie);
  });

  for (const path of [
    '/',
    '/strength',
    '/assets/page.js',
    '/api/about',
    '/api/images/0',
    '/api/variants',
    '/nothing',
  ]) {
    it(`refuses ${path} without a token, and with a wrong one`, async () => {
      const wrong = `boomerang-studio-${studio.port}=${'b'.repeat(43)}`;
      for (const headers of [{}, { cookie: wrong }, { cookie: wrong.slice(0, -1) }, { cookie: `other=${TOKEN}` }]) {
        const { status, text } = await askStudio(studio, path, { headers });
        expect([status, codeOf(text)]).to.deep.equal([401, 'no-token']);
      }
    });
  }

  it('refuses a wrong token in the address, and gives no cookie for it', async () => {
    for (const token of ['b'.repeat(43), '', TOKEN.slice(1)]) {
      const { status, headers, text } = await askStudio(studio, `/?token=${token}`);
      expect([status, codeOf(text), headers['set-cookie']]).to.deep.equal([401, 'bad-token', undefined]);
    }
  });

  it('does not take the token from the address of a call', async () => {
    const { status } = await askStudio(studio, `/api/about?token=${TOKEN}`);
    expect(status).to.equal(401);
  });

  for (const host of [
    'elsewhere.example',
    'elsewhere.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.elsewhere.example',
  ]) {
    it(`refuses the foreign host ${host}, as DNS rebinding brings it`, async () => {
      const { status, text } = await ask('/api/about', { headers: { host } });
      expect([status, codeOf(text)]).to.deep.equal([403, 'foreign-host']);
    });
  }

  it('answers to localhost as well', async () => {
    expect((await ask('/api/about', { headers: { host: `localhost:${studio.port}` } })).status).to.equal(200);
  });

  for (const origin of ['https://elsewhere.example', 'null', 'http://127.0.0.1:1', 'http://127.0.0.1']) {
    it(`refuses the foreign origin ${origin}`, async () => {
      const { status, text, headers } = await ask('/api/about', { headers: { origin } });
      expect([status, codeOf(text)]).to.deep.equal([403, 'foreign-origin']);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([]);
    });
  }

  it('refuses calls that a browser says come from another site, or from another port of this machine', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const { status, text } = await ask('/api/images/0', { headers: { 'sec-fetch-site': site } });
      expect([status, codeOf(text)]).to.deep.equal([403, 'foreign-origin']);
    }
    expect((await ask('/api/images/0', { headers: { 'sec-fetch-site': 'same-origin' } })).status).to.equal(200);
  });

  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST', 'TRACE']) {
    it(`refuses ${method}`, async () => {
      const { status, headers } = await ask('/api/about', { method });
      expect([status, headers['allow']]).to.deep.equal([405, 'GET, HEAD']);
    });
  }

  for (const path of [
    '/../package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/..\\..\\package.json',
    '/api/images/../../../etc/passwd',
    '/api/images/..%2f..%2f..%2fetc%2fpasswd',
    '/api/images/%2fetc%2fpasswd',
    '/api/images/-1',
    '/api/images/30',
    '/api/images/1e1',
    '/api/images/0x1',
    '/api/images/1.5',
    '/api/images/NaN',
    '/api/images/99999999999999999999',
    '/api/images/%00',
  ]) {
    it(`finds nothing at ${path}`, async () => {
      const { status, text } = await ask(path);
      expect([400, 404]).to.include(status);
      expect(text).to.not.match(/root:|tfjs-boomerang/);
    });
  }

  it('protects every answer by a policy, whatever it is', async () => {
    const answers = [
      await ask('/'),
      await ask('/assets/page.js'),
      await ask('/api/about'),
      await ask('/api/images/0'),
      await ask('/nothing'),
      await ask('/api/about', { method: 'PUT' }),
      await askStudio(studio, '/'),
      await askStudio(studio, `/?token=${TOKEN}`),
      await ask('/api/about', { headers: { host: 'elsewhere.example' } }),
    ];
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).to.include("default-src 'none'").and.include("frame-ancestors 'none'");
      expect(headers['content-security-policy']).to.not.match(/unsafe|\*|http/);
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['referrer-policy']).to.equal('no-referrer');
    }
  });

  it('listens at one address of this machine alone', async () => {
    expect(new URL(studio.address).hostname).to.equal('127.0.0.1');
    const elsewhere = `http://127.0.0.2:${studio.port}/`; // the same machine, too, where it has more than one
    await rejection(fetch(elsewhere, { signal: AbortSignal.timeout(2000) }));
  });

  it('takes what is posted as JSON alone, which no form of another page can send', async () => {
    const app = new Hono();
    guard(app, { port: 4321, token: TOKEN });
    app.post('/api/choice', (c) => c.text('taken'));
    app.onError((error, c) => c.text(error.message, statusOf(error)));
    const post = async (type: string): Promise<number> => {
      const headers = { host: '127.0.0.1:4321', cookie: `boomerang-studio-4321=${TOKEN}`, 'content-type': type };
      const { status } = await app.request('http://127.0.0.1:4321/api/choice', { method: 'POST', headers, body: '{}' });
      return status;
    };
    expect(await post('application/json')).to.equal(200);
    expect(await post('text/plain')).to.equal(415);
    expect(await post('application/x-www-form-urlencoded')).to.equal(415);
  });

  it('refuses a gigabyte at once, without reading it', async () => {
    const sent = await sendForever(studio, [
      `POST /api/about HTTP/1.1`,
      `Host: 127.0.0.1:${studio.port}`,
      `Cookie: ${studio.cookie}`,
      'Content-Type: application/json',
      `Content-Length: ${2 ** 30}`,
    ]);
    expect(sent.text).to.match(/^HTTP\/1.1 4\d\d/);
    expect(sent.bytes).to.be.below(16 * 2 ** 20);
  });

  it('ends the connection of a body that does not say how long it is', async () => {
    const sent = await sendForever(studio, [
      `POST /api/about HTTP/1.1`,
      `Host: 127.0.0.1:${studio.port}`,
      `Cookie: ${studio.cookie}`,
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ]);
    expect(sent.text).to.match(/^HTTP\/1.1 4\d\d/);
    expect(sent.bytes).to.be.below(16 * 2 ** 20);
  });
});

/** Sends zeros as long as they are taken, up to a gigabyte; what came back, and how much went. */
const sendForever = ({ port }: TestStudio, head: readonly string[]): Promise<{ text: string; bytes: number }> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const isChunked = head.includes('Transfer-Encoding: chunked');
    const block = Buffer.alloc(2 ** 16);
    const chunk = isChunked ? Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')]) : block;
    let text = '';
    const send = (): void => {
      while (socket.writable && socket.bytesWritten < 2 ** 30 && socket.write(chunk));
    };
    socket.on('connect', () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      send();
    });
    socket.on('drain', send);
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', () => undefined); // it is reset under what is still sent
    socket.on('close', () => done({ text, bytes: socket.bytesWritten }));
  });
