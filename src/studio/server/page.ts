import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Hono } from 'hono';
import { EnvironmentError } from '../../errors.ts';

/** Where the page is built to; it is the same from the sources and from what is built of them. */
export const PAGE_FOLDER = join(import.meta.dirname, '../../../dist/studio/page');

/** The built page, by the addresses at which it is asked for. */
export type BuiltPage = ReadonlyMap<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

/**
 * Reads the whole page before anything is served: no address leads to any other file.
 *
 * @throws EnvironmentError `not-built`
 */
export const readPage = async (folder: string = PAGE_FOLDER): Promise<BuiltPage> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const page = new Map<string, { bytes: Uint8Array<ArrayBuffer>; type: string }>();
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const address = path.slice(folder.length).replaceAll('\\', '/');
    page.set(address, { bytes: new Uint8Array(await readFile(path)), type });
  }
  if (page.has('/index.html')) return page;
  throw new EnvironmentError(
    'not-built',
    'the page of the studio is not built; run npm run build in the folder of tfjs-boomerang, or install it anew',
  );
};

/** Addresses that the page itself tells apart. */
const VIEWS = ['/', '/images', '/strength', '/survival', '/schedule', '/take', '/runs'];

export const servePage = (app: Hono, page: BuiltPage): void => {
  const { bytes, type } = page.get('/index.html') as { bytes: Uint8Array<ArrayBuffer>; type: string };
  for (const view of VIEWS) {
    app.get(view, (c) => c.body(bytes, 200, { 'content-type': type, 'cache-control': 'no-store' }));
  }
  app.get('*', async (c, next) => {
    const file = page.get(c.req.path);
    if (!file) return next();
    return c.body(file.bytes, 200, { 'content-type': file.type, 'cache-control': 'no-cache' });
  });
};
