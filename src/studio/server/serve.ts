import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { EnvironmentError } from '../../errors.ts';
import { answer } from './answer.ts';
import { type StudioSetting, studioContext } from './context.ts';
import { guard } from './guard.ts';
import { type BuiltPage, servePage } from './page.ts';
import { shortBodies } from './shortBodies.ts';

export type ServeOptions = {
  /** 0 takes one that is free. */
  readonly port: number;
  readonly token: string;
  readonly page: BuiltPage;
};

/** A studio that runs. */
export type ServedStudio = {
  readonly port: number;
  /** The link to open, with the token. */
  readonly address: string;
  /** Ends all streams and connections; done twice it does no harm. */
  readonly close: () => Promise<void>;
};

/**
 * Serves the studio on this machine alone, until it is closed or the signal of the setting is aborted.
 *
 * @throws EnvironmentError `port-in-use`, `cannot-listen`
 */
export const serveStudio = async (setting: StudioSetting, options: ServeOptions): Promise<ServedStudio> => {
  const ending = new AbortController();
  const app = new Hono();
  const server = createServer({ requestTimeout: 30_000 }, shortBodies(getRequestListener(app.fetch)));
  const port = await listen(server, options.port);
  guard(app, { port, token: options.token });
  const context = studioContext({ ...setting, signal: ending.signal });
  answer(app, context);
  servePage(app, options.page);
  const close = async (): Promise<void> => {
    setting.signal.removeEventListener('abort', close);
    ending.abort(setting.signal.reason);
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeAllConnections();
    await closed;
    await context.turns.take(new AbortController().signal, async () => context.dispose()); // after what runs still
  };
  setting.signal.addEventListener('abort', close);
  return { port, address: `http://127.0.0.1:${port}/?token=${options.token}`, close };
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => fail(cannotListen(error, port)));
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });

const cannotListen = ({ code, message }: NodeJS.ErrnoException, port: number): EnvironmentError =>
  code === 'EADDRINUSE'
    ? new EnvironmentError('port-in-use', `port ${port} is in use; name another with --port, or leave it out`)
    : new EnvironmentError(
        'cannot-listen',
        `cannot listen on port ${port}: ${code ?? message}; name another with --port`,
      );
