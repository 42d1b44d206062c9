import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type Request = { readonly method: string; readonly path: string; readonly range?: string };

/** A server of files on another port, hence another origin, as one that hosts models is. What it does can be changed. */
export type ModelStore = {
  readonly address: string;
  readonly files: Map<string, Uint8Array>;
  /** Requests, in their order. */
  readonly asked: Request[];
  /** Whether pages of others may read. */
  allowsOthers: boolean;
  /** Whether it sends the rest of a file. */
  sendsRests: boolean;
  /** Whether it names contents. */
  namesContents: boolean;
  /** Whether it compresses on the way what is sent whole. */
  compresses: boolean;
  /** Bytes of an answer after which the connection is cut. */
  cutAfter: number;
  /** Called when a connection is cut. */
  onCut: () => void;
  /** Answers to a request for a content that are no more than an error. */
  isOutOfOrder: boolean;
  close(): Promise<void>;
};

export const startStore = async (): Promise<ModelStore> => {
  const server = createServer((request, response) => answer(store, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const store: ModelStore = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ files: new Map(), asked: [], allowsOthers: true, sendsRests: true, namesContents: true, compresses: false },
    ...{ cutAfter: Number.POSITIVE_INFINITY, isOutOfOrder: false, onCut: () => undefined },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return store;
};

const answer = (store: ModelStore, request: IncomingMessage, response: ServerResponse): unknown => {
  const { method = '', url = '/' } = request;
  const { range } = request.headers;
  const path = url.slice(1);
  store.asked.push({ method, path, ...(range ? { range } : {}) });
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  if (store.allowsOthers) response.setHeader('Access-Control-Allow-Origin', '*');
  const content = store.files.get(path);
  if (content === undefined) return response.writeHead(404).end();
  if (store.isOutOfOrder && method === 'GET') return response.writeHead(503).end();
  const from = store.sendsRests ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
  if (store.namesContents) {
    response.setHeader('ETag', `"${sha256(content)}"`).setHeader('Access-Control-Expose-Headers', 'ETag');
  }
  if (store.compresses && from === 0) {
    const sent = gzipSync(content);
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': sent.byteLength });
    return method === 'HEAD' ? response.end() : response.end(sent);
  }
  const head = { 'Content-Type': 'application/octet-stream', 'Content-Length': content.byteLength - from };
  response.writeHead(from > 0 ? 206 : 200, head);
  if (method === 'HEAD' || content.byteLength - from <= store.cutAfter) return response.end(content.subarray(from));
  const sent = content.subarray(from, from + store.cutAfter);
  store.onCut();
  return response.write(sent, () => request.socket.end()); // what was sent arrives
};

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
