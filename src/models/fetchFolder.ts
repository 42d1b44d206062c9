import type { Folder } from '../checkpoints/folder.ts';
import { CheckpointError } from '../errors.ts';

/** A folder behind an address, read with `fetch`: the one that a browser has. */
export const fetchFolder = (address: string): Folder => {
  const base = address.endsWith('/') ? address : `${address}/`;
  return {
    name: address,
    async read(path) {
      const response = await fetch(base + path);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      throw new CheckpointError('no-such-file', `${base}${path} answered ${response.status} ${response.statusText}`);
    },
    async exists(path) {
      const response = await fetch(base + path, { method: 'HEAD' });
      return response.ok && !/^text\/html/i.test(response.headers.get('Content-Type') ?? ''); // a server's own page
    },
  };
};
