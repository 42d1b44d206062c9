/** What is known of a file that is kept, or of which a beginning is. */
export type KeptRecord = {
  /** What the server calls this content; see `versionOf`. */
  readonly version: string;
  /** SHA-256 of the whole; absent while only a beginning is there. */
  readonly sha256?: string;
};

/** A file in the Cache API, in parts: each is there as soon as it has come, and none is ever changed. */
export type KeptFile = {
  record(): Promise<KeptRecord | undefined>;
  writeRecord(record: KeptRecord): Promise<void>;
  /** The parts that are there, in their order. */
  parts(): Promise<readonly Uint8Array[]>;
  writePart(index: number, bytes: Uint8Array): Promise<void>;
  /** Forgets it all. */
  clear(): Promise<void>;
};

const CACHE = 'tfjs-boomerang';

/** Keys of the cache are addresses; this host cannot be one. */
const HOME = 'https://tfjs-boomerang.invalid/';

/** The cache of this site, for pages and workers alike. @throws whatever the browser says where it has none. */
export const openCache = async (): Promise<Cache> => {
  if (globalThis.caches === undefined) throw new Error('it needs a page from https or localhost');
  return globalThis.caches.open(CACHE);
};

export const keptFile = (cache: Cache, url: string): KeptFile => {
  const at = (name: string | number): string => `${homeOf(url)}/${name}`;
  const read = async (name: string | number): Promise<Response | undefined> => cache.match(at(name));
  return {
    async record() {
      return (await read('record'))?.json() as Promise<KeptRecord | undefined>;
    },
    writeRecord: (record) => cache.put(at('record'), Response.json(record)),
    async parts() {
      const parts: Uint8Array[] = [];
      for (let part = await read(0); part !== undefined; part = await read(parts.length)) {
        parts.push(new Uint8Array(await part.arrayBuffer()));
      }
      return parts;
    },
    writePart: (index, bytes) => cache.put(at(index), new Response(bytes as Uint8Array<ArrayBuffer>)),
    async clear() {
      await cache.delete(at('record'));
      for (let index = 0; await cache.delete(at(index)); index += 1);
    },
  };
};

/** Whether any file of a folder is kept. */
export const keepsAnyOf = async (cache: Cache, base: string): Promise<boolean> =>
  (await cache.keys()).some(({ url }) => url.startsWith(homeOf(base)));

const homeOf = (url: string): string => HOME + encodeURIComponent(url);
