import type { Folder } from '../checkpoints/folder.ts';
import { CheckpointError, EnvironmentError } from '../errors.ts';

/**
 * A folder behind an address, read with `fetch`: the one that a browser has. A page is no file of a model: servers of
 * applications answer with theirs whatever is asked for.
 *
 * @throws EnvironmentError `unreachable` where no answer comes, or one that says nothing about the file.
 */
export const fetchFolder = (address: string): Folder => {
  const base = address.endsWith('/') ? address : `${address}/`;
  return {
    name: address,
    async read(path) {
      const url = base + path;
      const response = await ask(url);
      if (isThere(response)) return new Uint8Array(await response.arrayBuffer().catch(refuse(url)));
      const answer = response.ok ? 'a web page' : response.status;
      const remedy = 'check the address, and that the whole folder of the model is served there';
      throw new CheckpointError('no-such-file', `${url} answered with ${answer}; ${remedy}`);
    },
    async exists(path) {
      return isThere(await ask(base + path, { method: 'HEAD' }));
    },
  };
};

/** Answers that say whether there is a file: some stores refuse what they do not have. */
const TELLING = [403, 404, 410];

const ask = async (url: string, init?: RequestInit): Promise<Response> => {
  const response = await fetch(url, init).catch(refuse(url));
  if (response.ok || TELLING.includes(response.status)) return response;
  return refuse(url)(new Error(`it answered ${response.status}`));
};

const isThere = ({ ok, headers }: Response): boolean => ok && !headers.get('content-type')?.startsWith('text/html');

const refuse =
  (url: string) =>
  (cause: unknown): never => {
    const remedy = 'check the address, the network, and that the server allows other pages to read it (CORS)';
    throw new EnvironmentError('unreachable', `cannot fetch ${url}: ${reasonOf(cause)}; ${remedy}`, { cause });
  };

/** Node's `fetch` says only "fetch failed", and why in the cause of the cause. */
export const reasonOf = (error: unknown): string => {
  const { cause, code, message } = error as { cause?: unknown; code?: string | number; message?: string };
  if (cause !== undefined && cause !== null) return reasonOf(cause);
  return typeof code === 'string' ? code : (message ?? String(error));
};
