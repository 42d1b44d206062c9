import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CheckpointError, EnvironmentError } from '../../src/errors.ts';
import type { DownloadProgress } from '../../src/models/downloadProgress.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { cutAfter, HALF, hubSuite, NEEDED, WEIGHTS, weights, weightsFault } from '../support/hubModel.ts';
import { digest, sendHead } from '../support/hubServer.ts';
import { root } from '../support/shared.ts';

describe('a download from the hub', () => {
  const { hub, home, blob, ranges, failing } = hubSuite();

  describe('that arrives damaged', () => {
    it('is refused when the body is truncated, and what came is no content', async () => {
      hub().fault = weightsFault((_, response, bytes) => {
        response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(bytes.subarray(0, HALF));
      });
      expect(await failing('bad-download', CheckpointError)).to.include(`${HALF} of ${weights.byteLength} bytes`);
    });

    it('is refused when a web page comes in its place', async () => {
      hub().fault = weightsFault((_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!DOCTYPE html><html>log in</html>');
      });
      expect(await failing('bad-download', CheckpointError)).to.include('web page');
      expect(readdirSync(home('blobs')).filter((name) => name.includes('incomplete'))).to.deep.equal([]);
    });

    it('is refused when its length is another one, before it is read', async () => {
      hub().fault = weightsFault((_, response, bytes) => {
        response.writeHead(200, { 'Content-Length': bytes.byteLength + 7 }).write(bytes);
      });
      expect(await failing('bad-download', CheckpointError)).to.match(/ bytes are on offer, .*; run it again/);
    });

    it('is refused when more comes than its length', async () => {
      hub().fault = weightsFault((_, response, bytes) => {
        response.writeHead(200).end(Buffer.concat([bytes, bytes]));
      });
      expect(await failing('bad-download', CheckpointError)).to.match(/more than .*; run it again/);
    });

    it('is refused when a single bit is wrong, and is fetched whole the next time', async () => {
      hub().fault = weightsFault((request, response, bytes) => {
        const wrong = Uint8Array.from(bytes);
        wrong[HALF] = (wrong[HALF] ?? 0) ^ 1;
        sendHead(request, response, wrong);
        response.end(wrong);
      });
      expect(await failing('bad-download', CheckpointError)).to.include(
        `${digest('sha256', weights)} that was promised; run it again`,
      );
      hub().fault = undefined;
      expect(readFileSync(join(await fetchModel('owner/name'), WEIGHTS)).equals(weights)).to.equal(true);
      expect(ranges()).to.deep.equal([undefined, undefined]);
    });

    it('is refused when a config is not what git knows', async () => {
      hub().fault = (request, response, bytes) => {
        if (!request.url?.endsWith('unet/config.json')) return false;
        response.writeHead(200).end(Buffer.from(bytes).fill(' ', 0, 1));
        return true;
      };
      await failing('bad-download', CheckpointError);
    });
  });

  describe('whose connection is cut', () => {
    it('goes on at once where it stopped, and only the rest is sent', async () => {
      hub().fault = cutAfter(HALF, 1);
      const folder = await fetchModel('owner/name');
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
      const [first, second] = ranges();
      expect([ranges().length, first]).to.deep.equal([2, undefined]);
      const from = Number(/^bytes=(\d+)-$/.exec(second ?? '')?.[1]);
      expect(from).to.be.within(1, HALF);
      expect(hub().sent.get(WEIGHTS)).to.equal(weights.byteLength - from);
    });

    it('keeps what has come when the hub is gone, and a later call fetches the rest', async () => {
      let cuts = 0;
      hub().fault = weightsFault((request, response, bytes) => {
        if (cuts++ > 0) return response.destroy();
        const from = sendHead(request, response, bytes);
        response.write(bytes.subarray(from, HALF), () => response.destroy());
      });
      expect(await failing('hub-unreachable', EnvironmentError)).to.include('run it again');
      const { size } = lstatSync(`${blob()}.incomplete`);
      expect(size).to.be.within(1, HALF);
      hub().fault = undefined;
      hub().asked.length = 0;
      const said: DownloadProgress[] = [];
      const folder = await fetchModel('owner/name', { onProgress: (progress) => said.push(progress) });
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
      expect(ranges()).to.deep.equal([`bytes=${size}-`]);
      expect(hub().sent.get(WEIGHTS)).to.equal(weights.byteLength - size);
      expect(said.find(({ file }) => file === WEIGHTS)?.done).to.be.above(size);
      expect(readdirSync(home('blobs')).filter((name) => name.includes('incomplete'))).to.deep.equal([]);
    });

    it("goes on with another client's .incomplete file", async () => {
      mkdirSync(home('blobs'), { recursive: true });
      writeFileSync(`${blob()}.incomplete`, weights.subarray(0, HALF));
      const folder = await fetchModel('owner/name');
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
      expect(ranges()).to.deep.equal([`bytes=${HALF}-`]);
    });

    it('starts again when what was left is damaged', async () => {
      mkdirSync(home('blobs'), { recursive: true });
      writeFileSync(`${blob()}.incomplete`, new Uint8Array(HALF));
      const folder = await fetchModel('owner/name');
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
      expect(ranges()).to.deep.equal([`bytes=${HALF}-`, undefined]);
    });

    it('starts again from a server that knows no ranges', async () => {
      hub().fault = weightsFault((_, response, bytes) => {
        response.writeHead(200, { 'Content-Length': bytes.byteLength }).end(bytes);
      });
      mkdirSync(home('blobs'), { recursive: true });
      writeFileSync(`${blob()}.incomplete`, weights.subarray(0, HALF));
      const folder = await fetchModel('owner/name');
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
    });

    it('refuses another part than the one it asked for', async () => {
      hub().fault = weightsFault((_, response, bytes) => {
        const range = `bytes 0-${bytes.byteLength - 1}/${bytes.byteLength}`;
        response.writeHead(206, { 'Content-Range': range }).end(bytes);
      });
      mkdirSync(home('blobs'), { recursive: true });
      writeFileSync(`${blob()}.incomplete`, weights.subarray(0, HALF));
      expect(await failing('bad-download', CheckpointError)).to.match(new RegExp(`from ${HALF} .*; run it again`));
    });

    it('goes on where a process that was killed has stopped', async () => {
      hub().fault = weightsFault((request, response, bytes) => {
        sendHead(request, response, bytes);
        response.write(bytes.subarray(0, HALF)); // and no end: until the process is killed
      }, 1);
      const script =
        "import('./src/node/hub/fetchModel.ts').then(({ fetchModel }) => fetchModel('owner/name', { onProgress: ({ done }) => done > 1e6 && console.log('under way') }))";
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], { cwd: root });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const folder = await fetchModel('owner/name');
      expect(readFileSync(join(folder, WEIGHTS)).equals(weights)).to.equal(true);
      expect(ranges().at(-1)).to.match(/^bytes=\d{6,}-$/);
      expect(readdirSync(home('blobs'))).to.have.length(NEEDED.length);
    });

    it('leaves alone what another process is downloading', async () => {
      mkdirSync(home('blobs'), { recursive: true });
      const theirs = `${blob()}.${process.ppid}-0-0.incomplete`;
      writeFileSync(theirs, weights.subarray(0, HALF));
      await fetchModel('owner/name');
      expect(ranges()).to.deep.equal([undefined]);
      expect(lstatSync(theirs).size).to.equal(HALF);
    });
  });
});
