import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { readonly path: string; readonly range?: string; readonly token?: string };

/** What a hub does wrong: it may answer in its own way, and returns whether it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse, content: Uint8Array) => boolean;

export type HubServer = {
  readonly endpoint: string;
  /** Requests for contents, in their order. */
  readonly asked: Asked[];
  /** Bytes of contents that were sent, for each path. */
  readonly sent: Map<string, number>;
  /** Files by path, of each commit. */
  readonly commits: Map<string, ReadonlyMap<string, Uint8Array>>;
  /** Commits of branches and tags. */
  readonly refs: Map<string, string>;
  /** How contents are sent, while it is set. */
  fault: Fault | undefined;
  /** A token without which nothing is said. */
  token: string | undefined;
  close(): Promise<void>;
};

export const commitName = (digit: string): string => digit.repeat(40);

/** A hub on loopback with one model, `owner/name`: the part of its interface that downloads need. */
export const startHub = async (files: ReadonlyMap<string, Uint8Array>): Promise<HubServer> => {
  const server = createServer((request, response) => answer(hub, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const hub: HubServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    sent: new Map(),
    commits: new Map([[commitName('a'), files]]),
    refs: new Map([['main', commitName('a')]]),
    fault: undefined,
    token: undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return hub;
};

const answer = (hub: HubServer, request: IncomingMessage, response: ServerResponse): ServerResponse => {
  const { pathname } = new URL(request.url ?? '', hub.endpoint);
  const { authorization } = request.headers;
  if (hub.token !== undefined && authorization !== `Bearer ${hub.token}`) return refuse(response, 401, 'GatedRepo');
  const [, verb, revision = '', path = ''] =
    /^\/api\/models\/owner\/name\/(revision|tree)\/([^/]+)$/.exec(pathname) ??
    /^\/owner\/name\/(resolve)\/([^/]+)\/(.+)$/.exec(pathname) ??
    [];
  if (verb === undefined) return refuse(response, 404, 'RepoNotFound');
  const commit = hub.refs.get(decodeURIComponent(revision)) ?? revision;
  const files = hub.commits.get(commit);
  if (files === undefined) return refuse(response, 404, 'RevisionNotFound');
  if (verb === 'revision') return json(response, { id: 'owner/name', sha: commit, lastModified: '2026-11-23' });
  if (verb === 'tree') return json(response, [...files].map(treeEntry));
  const content = files.get(path);
  if (content === undefined) return refuse(response, 404, 'EntryNotFound');
  response.setHeader('X-Repo-Commit', commit);
  return sendContent(hub, { request, response, path, content });
};

type Delivery = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly content: Uint8Array;
};

const sendContent = (hub: HubServer, { request, response, path, content }: Delivery): ServerResponse => {
  const { range, authorization } = request.headers;
  hub.asked.push({ path, ...(range ? { range } : {}), ...(authorization ? { token: authorization } : {}) });
  if (hub.fault?.(request, response, content)) return response;
  const from = sendHead(request, response, content);
  hub.sent.set(path, (hub.sent.get(path) ?? 0) + content.byteLength - from);
  return response.end(content.subarray(from));
};

/** The headers of a content or of its rest; returns where it starts. */
export const sendHead = (request: IncomingMessage, response: ServerResponse, content: Uint8Array): number => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const { byteLength } = content;
  response.writeHead(from > 0 ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': byteLength - from,
    'Accept-Ranges': 'bytes',
    ETag: `"${digest('sha256', content)}"`,
    'X-Linked-Size': byteLength,
    ...(from > 0 ? { 'Content-Range': `bytes ${from}-${byteLength - 1}/${byteLength}` } : {}),
  });
  return from;
};

export const digest = (algorithm: string, ...parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest('hex');

/** Weights lie in the hub's large-file storage, configs in git. */
const treeEntry = ([path, content]: [string, Uint8Array]) => {
  const size = content.byteLength;
  const pointer = { oid: digest('sha256', content), size, pointerSize: 134 };
  const oid = digest('sha1', `blob ${size}\0`, content);
  return { type: 'file', path, size, oid, ...(/safetensors$|bin$/.test(path) ? { lfs: pointer } : {}) };
};

const json = (response: ServerResponse, value: unknown): ServerResponse =>
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

const refuse = (response: ServerResponse, status: number, code: string): ServerResponse =>
  response
    .writeHead(status, { 'X-Error-Code': code, 'Content-Type': 'application/json' })
    .end(JSON.stringify({ error: code }));
