import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './shared.ts';

/** What a page of somebody's shows in the tests: a server on loopback. */
export type WebPage = { readonly address: string; close(): Promise<void> };

type Handler = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** Packages whose files a page asks for beside its script. */
const BESIDE = ['onnxruntime-web/dist', '@tensorflow/tfjs-backend-wasm/dist'].map((path) =>
  join(root, 'node_modules', path),
);

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** Serves a page with its scripts, the files of this repository's models, and whatever `handle` answers. */
export const servePage = async (scripts: Scripts, handle: Handler = () => false): Promise<WebPage> => {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://localhost').pathname);
    isolate(response);
    if (handle(path, request, response)) return response;
    const script = scripts.get(path);
    if (script !== undefined) return send(response, 'js', script);
    const file = fileFor(path);
    if (path === '/') return send(response, 'html', '<!doctype html><script type="module" src="/page.js"></script>');
    if (file === undefined) return response.writeHead(404).end();
    return send(response, path.split('.').at(-1) ?? '', readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

/** So that threads of wasm can share memory. */
const isolate = (response: ServerResponse): void => {
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
};

const fileFor = (path: string): string | undefined => {
  if (path.includes('..')) return undefined;
  const places = path.startsWith('/models/') ? [root] : BESIDE;
  return places.map((place) => join(place, path)).find((file) => existsSync(file));
};

const send = (response: ServerResponse, ending: string, body: string | Uint8Array): ServerResponse => {
  const type = ending === 'html' ? 'text/html' : (TYPES[ending] ?? 'application/octet-stream');
  return response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
};

/** Scripts by their paths; `/page.js` is the first. */
export type Scripts = ReadonlyMap<string, string>;

/**
 * The scripts of a page, in parts as pages have them: threads of ONNX Runtime load the part that it is in.
 *
 * @param absent packages that are not to be found by it.
 */
export const bundlePage = async (file: string, absent: readonly string[] = []): Promise<Scripts> => {
  const { outputFiles } = await build({
    entryPoints: { page: file },
    ...{ bundle: true, splitting: true, platform: 'browser', format: 'esm', write: false, outdir: '/' },
    external: ['@tensorflow/tfjs-converter', ...absent], // which only other formats of models need
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
};
