import type { Folder } from '../../checkpoints/folder.ts';
import type { DownloadProgress } from '../../models/downloadProgress.ts';
import { ask, isThere } from './asking.ts';
import { openKeeper } from './keeping.ts';
import { keepsAnyOf } from './keptFile.ts';
import { isAway, readKept } from './readKept.ts';

export type KeptOptions = {
  /** Called as the bytes of a file arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** The SHA-256 that files must have, 64 hexadecimal digits, by their paths within the model. */
  readonly sha256?: Readonly<Record<string, string>>;
};

export type KeptFolder = Folder & {
  /** Paths of the files that were read. */
  readonly wasRead: ReadonlySet<string>;
};

/**
 * A folder behind an address, as a page reads it. What was read is kept in the browser's Cache API, which pages and
 * workers share and every browser has, part by part, so that a download that was cut off goes on where it stopped. It is
 * used again while the server calls it by the same ETag or date, and, aloud, where no server answers.
 *
 * @throws CheckpointError `no-such-file`, `bad-download`, `wrong-checksum`.
 * @throws EnvironmentError `offline`, `cors-refused`, `unreachable`.
 */
export const keptFolder = (address: string, { onProgress, sha256 = {} }: KeptOptions = {}): KeptFolder => {
  const base = absolute(address.endsWith('/') ? address : `${address}/`);
  const keeper = openKeeper();
  const wasRead = new Set<string>();
  const heads = new Map<string, Promise<Response>>();
  const headOf = (url: string): Promise<Response> => {
    const head = heads.get(url) ?? ask(url, { method: 'HEAD', cache: 'no-cache' });
    heads.set(url, head);
    head.catch(() => undefined); // whoever asks hears of it, perhaps later
    return head;
  };
  return {
    name: address,
    wasRead,
    async exists(path) {
      const opened = await keeper;
      try {
        return isThere(await headOf(base + path));
      } catch (error) {
        if (!opened || !isAway(error) || !(await keepsAnyOf(opened.cache, base))) throw error;
        return (await opened.fileAt(base + path).record())?.sha256 !== undefined;
      }
    },
    async read(path) {
      const url = base + path;
      wasRead.add(path);
      const kept = (await keeper)?.fileAt(url);
      const onLength = (done: number, total: number): void => onProgress?.({ file: path, done, total });
      return readKept({ url, kept, head: headOf(url), sum: sha256[path], onLength });
    },
  };
};

/** Pages may give an address from where they stand. */
const absolute = (address: string): string =>
  globalThis.location === undefined ? address : new URL(address, globalThis.location.href).href;
