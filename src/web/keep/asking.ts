import { EnvironmentError } from '../../errors.ts';
import { reasonOf } from '../../models/fetchFolder.ts';

/** Answers that say whether there is a file: some stores refuse what they do not have. */
const TELLING = [403, 404, 410];

/**
 * Asks a server. A page cannot see why `fetch` failed; what can be found out is.
 *
 * @param telling answers that say something beside those that say whether there is a file.
 * @returns an answer with the file, with the rest of it, or one that says that it is not there.
 * @throws EnvironmentError `offline`, `cors-refused`, `unreachable`.
 */
export const ask = async (url: string, init: RequestInit = {}, telling: readonly number[] = []): Promise<Response> => {
  const response = await fetch(url, init).catch((cause: unknown) => refuse(url, cause));
  if (response.ok || [...TELLING, RANGE_REFUSED, ...telling].includes(response.status)) return response;
  throw unreachable(url, `it answered ${response.status}`);
};

/** A range that begins behind the end. */
export const RANGE_REFUSED = 416;

/** A page is no file of a model: servers of applications answer with theirs whatever is asked for. */
export const isThere = ({ ok, headers }: Response): boolean =>
  ok && !headers.get('content-type')?.startsWith('text/html');

const refuse = async (url: string, cause: unknown): Promise<never> => {
  if (globalThis.navigator?.onLine === false) {
    const remedy = 'connect it; what was opened here before opens without';
    throw new EnvironmentError('offline', `cannot fetch ${url}: this browser is offline; ${remedy}`, { cause });
  }
  if (await answersBlindly(url)) {
    const rule = `${url} answers, but no page of ${globalThis.location.origin} may read it (CORS)`;
    const remedy =
      'have its server send Access-Control-Allow-Origin, or serve the model from where the page comes from';
    throw new EnvironmentError('cors-refused', `${rule}; ${remedy}`, { cause });
  }
  throw unreachable(url, reasonOf(cause), cause);
};

/** Whether another server answers, if what it says need not be read. */
const answersBlindly = async (url: string): Promise<boolean> => {
  const { location } = globalThis;
  if (location === undefined || new URL(url, location.href).origin === location.origin) return false;
  const init: RequestInit = { method: 'HEAD', mode: 'no-cors', cache: 'no-store' };
  return fetch(url, init).then(
    () => true,
    () => false,
  );
};

export const unreachable = (url: string, reason: string, cause?: unknown): EnvironmentError => {
  const remedy = 'check the address, the network, and that the server allows other pages to read it (CORS)';
  return new EnvironmentError('unreachable', `cannot fetch ${url}: ${reason}; ${remedy}`, { cause });
};
