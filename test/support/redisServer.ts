import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from './describeWhere.ts';

const isThere = (): boolean => {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
};

/** A suite that needs Redis; without it one pending test says so. */
export const describeRedis = (title: string, body: (this: Mocha.Suite) => void): void =>
  describeWhere(isThere() || 'needs redis-server, which Debian has', title, body);

export type RedisServer = {
  readonly port: number;
  readonly url: string;
  /** Ends it, at once or in good order. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again at the same port, with what it kept on its disk; `isEmpty` takes that away. */
  start(options?: { readonly isEmpty?: boolean }): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
};

export type RedisOptions = {
  readonly password?: string;
  /** Files of a certificate and its key: the port is one for TLS then. */
  readonly tls?: { readonly certificate: string; readonly key: string };
};

/** A Redis of its own on loopback, which keeps what it is told on a disk. */
export const startRedis = async ({ password, tls }: RedisOptions = {}): Promise<RedisServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'boomerang-redis-'));
  const port = await freePort();
  const own = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  const ports = tls
    ? ['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no', '--tls-cert-file', tls.certificate]
    : ['--port', `${port}`];
  const key = tls ? ['--tls-key-file', tls.key] : [];
  const secret = password === undefined ? [] : ['--requirepass', password];
  let child: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const start = async ({ isEmpty = false } = {}): Promise<void> => {
    if (isEmpty) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
    child = spawn('redis-server', [...own, ...ports, ...key, ...secret], { stdio: ['ignore', 'pipe', 'inherit'] });
    await heard(child, 'Ready to accept connections');
  };
  await start();
  return {
    port,
    url: `redis${tls ? 's' : ''}://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    stop,
    start,
    async close() {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
};

const heard = (child: ChildProcess, words: string): Promise<void> =>
  new Promise((done, fail) => {
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
      if (said.includes(words)) done();
    });
    child.once('exit', () => fail(new Error(`redis-server ended: ${said}`)));
  });

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
