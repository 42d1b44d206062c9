import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { answer, type Conditional, type S3rver, type TaughtContext, teach } from './s3Taught.ts';

/** What a request is answered with instead, once: after it was done nothing, or half of the answer; or an error. */
export type Trouble = 'lost' | 'half' | { readonly status: number; readonly code: string };

export type S3Server = {
  /** The settings of the SDK with which a process finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Requests so far, by their method and address. */
  readonly asked: string[];
  /** Has trouble with the next request whose method and address match. */
  readonly trouble: (matches: RegExp, what: Trouble) => void;
  /** Takes everything out of the bucket. */
  readonly empty: () => Promise<void>;
  /** The file of an object. */
  readonly fileOf: (key: string) => string;
  /** Where uploads of many parts lie that are not completed. */
  readonly uploads: string;
  readonly close: () => Promise<void>;
};

export const BUCKET = 'a-bucket';
/** The only keys that S3rver knows. */
const KEY = 'S3RVER';

/** S3rver on a free port of this machine, with one bucket. */
export const startS3Server = async (conditional: Conditional = 'kept'): Promise<S3Server> => {
  const Server = createRequire(import.meta.url)('s3rver') as new (options: object) => S3rver;
  const directory = await mkdtemp(join(tmpdir(), 'boomerang-s3-'));
  const server = new Server({
    ...{ directory, address: '127.0.0.1', port: 0, silent: true, configureBuckets: [{ name: BUCKET }] },
  });
  const asked: string[] = [];
  const troubles: { readonly matches: RegExp; readonly what: Trouble }[] = [];
  server.middleware.unshift(
    async (ctx, next) => {
      const line = `${ctx.method} ${ctx.url}`;
      asked.push(ctx.headers['if-none-match'] === '*' ? `${line} if none` : line);
      const at = troubles.findIndex(({ matches }) => matches.test(line));
      const [trouble] = at < 0 ? [] : troubles.splice(at, 1);
      if (typeof trouble?.what === 'object') return answer(ctx, trouble.what.status, trouble.what.code);
      await next();
      if (trouble?.what === 'half') await sendHalf(ctx);
      if (trouble) ctx.req.socket.destroy();
    },
    ...teach(server.store, conditional),
  );
  const { port } = await server.run();
  const env = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    ...{ AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: KEY, AWS_REGION: 'us-east-1' },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    ...{ AWS_CONFIG_FILE: join(directory, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none') },
  };
  return {
    env,
    asked,
    trouble: (matches, what) => void troubles.push({ matches, what }),
    async empty() {
      await server.store.deleteBucket(BUCKET);
      await server.store.putBucket(BUCKET);
    },
    fileOf: (key) => server.store.getResourcePath(BUCKET, key, 'object'),
    uploads: server.store.getResourcePath(BUCKET, undefined, 'uploads'),
    async close() {
      server.httpServer.closeAllConnections();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const sendHalf = async (ctx: TaughtContext): Promise<void> => {
  const bytes = await buffer(ctx.body as unknown as Readable);
  ctx.respond = false;
  ctx.res.writeHead(ctx.status, { 'content-length': bytes.length });
  await new Promise<void>((done) => ctx.res.write(bytes.subarray(0, bytes.length / 2), () => done()));
};
