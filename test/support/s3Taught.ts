import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** What becomes of `If-None-Match: *` where an object is put: stores keep it, refuse it, or do not look at it. */
export type Conditional = 'kept' | 'refused' | 'ignored';

/*
 * S3rver keeps objects as files and speaks S3 for development. By itself it has no conditional writes, shows objects
 * while they are being put, lists by folders instead of characters and one page only (its tokens are of a cipher that is
 * no longer there), and does not list or end uploads of many parts.
 * What it is taught here imitates what the documents of S3 say of these. It shows that our side works with such
 * answers, not that a store gives them.
 */

/** What is used of S3rver, which has no types. */
export type S3rver = {
  readonly middleware: Middleware[];
  readonly store: Store;
  readonly httpServer: Server;
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
};
export type TaughtContext = {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  respond: boolean;
  status: number;
  type: string;
  body: string;
};
type Middleware = (ctx: TaughtContext, next: () => Promise<void>) => Promise<void> | void;
type Stored = { readonly bucket: string; readonly key: string; readonly content: Readable; readonly metadata: object };
type Listing = { readonly objects: { readonly key: string; readonly lastModifiedDate: Date }[] };
type Store = {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  existsObject(bucket: string, key: string): Promise<boolean>;
  putObject(object: Stored): Promise<unknown>;
  putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
  listObjects(bucket: string, options: { readonly prefix: string }): Promise<Listing>;
  getBucket(bucket: string): Promise<unknown>;
  putBucket(bucket: string): Promise<unknown>;
  deleteBucket(bucket: string): Promise<unknown>;
};

/** Teaches a store, and gives what its server does before anything else. */
export const teach = (store: Store, conditional: Conditional): Middleware[] => {
  teachWholeObjects(store);
  return [lists(store), conditionalPuts(store, conditional), endOfUploads(store)];
};

/** Takes an object in before it is put. */
const teachWholeObjects = (store: Store): void => {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const bytes = await buffer(content);
    const path = store.getResourcePath(bucket, key, 'object');
    await mkdir(dirname(path), { recursive: true });
    const beside = `${path}.${randomUUID()}`;
    await writeFile(beside, bytes);
    await rename(beside, path);
    const md5 = createHash('md5').update(bytes).digest('hex');
    await store.putMetadata(bucket, key, metadata, md5);
    return { size: bytes.length, md5 };
  };
};

/** Names on a page: S3 has a thousand, or fewer if it likes. */
export const PAGE = 100;

/** Lists in the order of characters, a page behind a name. */
const lists =
  (store: Store): Middleware =>
  async (ctx, next) => {
    if (ctx.method !== 'GET' || ctx.query['list-type'] !== '2') return next();
    const { bucket } = objectOf(ctx);
    if (!(await store.getBucket(bucket))) return next();
    const { prefix = '', 'max-keys': most = String(PAGE), 'continuation-token': after = '' } = ctx.query;
    const all = await store.listObjects(bucket, { prefix });
    const order = (x: string, y: string): number => Buffer.compare(Buffer.from(x), Buffer.from(y));
    const behind = all.objects.filter(({ key }) => order(key, after) > 0).sort((x, y) => order(x.key, y.key));
    const page = behind.slice(0, Number(most));
    const contents = page.map(
      ({ key, lastModifiedDate }) =>
        `<Contents><Key>${escaped(key)}</Key><LastModified>${lastModifiedDate.toISOString()}</LastModified></Contents>`,
    );
    const isTruncated = behind.length > page.length;
    const token = isTruncated
      ? `<NextContinuationToken>${escaped(page.at(-1)?.key ?? '')}</NextContinuationToken>`
      : '';
    const head = `<KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${token}`;
    answerXml(ctx, 200, `<ListBucketResult>${head}${contents.join('')}</ListBucketResult>`);
  };

/** Keeps `If-None-Match: *` where an object is put: one at a time for each key. */
const conditionalPuts = (store: Store, conditional: Conditional): Middleware => {
  const turns = new Map<string, Promise<void>>();
  return async (ctx, next) => {
    const isConditional = ctx.method === 'PUT' && ctx.headers['if-none-match'] === '*';
    if (!isConditional || conditional === 'ignored') return next();
    if (conditional === 'refused') return answer(ctx, 501, 'NotImplemented');
    const { bucket, key } = objectOf(ctx);
    const turn = (turns.get(ctx.path) ?? Promise.resolve()).then(async () => {
      if (await store.existsObject(bucket, key)) answer(ctx, 412, 'PreconditionFailed');
      else await next();
    });
    turns.set(
      ctx.path,
      turn.catch(() => undefined),
    );
    return turn;
  };
};

/** Lists uploads of many parts that are not completed, and ends them. */
const endOfUploads =
  (store: Store): Middleware =>
  async (ctx, next) => {
    const { bucket, key } = objectOf(ctx);
    const folder = store.getResourcePath(bucket, undefined, 'uploads');
    if (ctx.method === 'DELETE' && ctx.query['uploadId']) {
      await rm(join(folder, basename(ctx.query['uploadId'])), { recursive: true });
      ctx.status = 204;
    } else if (ctx.method === 'GET' && key === '' && 'uploads' in ctx.query) {
      const uploads = await Promise.all((await readdir(folder).catch(() => [])).map((id) => uploadIn(folder, id)));
      const texts = uploads
        .filter((one) => one.key.startsWith(ctx.query['prefix'] ?? ''))
        .map((one) => `<Upload><Key>${escaped(one.key)}</Key><UploadId>${one.id}</UploadId>${one.initiated}</Upload>`);
      answerXml(ctx, 200, `<ListMultipartUploadsResult>${texts.join('')}</ListMultipartUploadsResult>`);
    } else {
      await next();
    }
  };

const uploadIn = async (folder: string, id: string) => ({
  id,
  key: await readFile(join(folder, id, 'key'), 'utf8'),
  initiated: `<Initiated>${(await stat(join(folder, id, 'key'))).mtime.toISOString()}</Initiated>`,
});

const objectOf = ({ path }: TaughtContext): { readonly bucket: string; readonly key: string } => {
  const [, bucket = '', ...words] = decodeURIComponent(path).split('/');
  return { bucket, key: words.join('/') };
};

/** Answers with an error, as S3 does. */
export const answer = (ctx: TaughtContext, status: number, code: string): void => {
  ctx.req.resume();
  answerXml(ctx, status, `<Error><Code>${code}</Code><Message>as asked</Message></Error>`);
};

const answerXml = (ctx: TaughtContext, status: number, text: string): void => {
  ctx.status = status;
  ctx.type = 'application/xml';
  ctx.body = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
