import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, type Fault, sendHead } from './hubServer.ts';

export type FileServer = {
  readonly base: string;
  /** Requests, in their order. */
  readonly asked: Asked[];
  /** How files are sent, while it is set. */
  fault: Fault | undefined;
  close(): Promise<void>;
};

/** A server of plain files on loopback, that can send the rest of one. */
export const startFiles = async (files: ReadonlyMap<string, Uint8Array>): Promise<FileServer> => {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/files/', '');
    const { range } = request.headers;
    own.asked.push({ path, ...(range ? { range } : {}) });
    const content = files.get(path);
    if (content === undefined) return response.writeHead(404).end('not found');
    if (own.fault?.(request, response, content)) return response;
    return response.end(content.subarray(sendHead(request, response, content)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const own: FileServer = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`,
    asked: [],
    fault: undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return own;
};
