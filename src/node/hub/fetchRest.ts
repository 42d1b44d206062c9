import { open } from 'node:fs/promises';
import { CheckpointError } from '../../errors.ts';

export type Source = {
  readonly url: string;
  /** Such as `hubFetch` makes; its errors pass through. */
  readonly request: typeof fetch;
  /** Called as bytes arrive, with how many there are so far. */
  readonly onLength: (length: number) => void;
};

/** Length of the file so far, and what it will be, in bytes. */
export type Rest = { readonly from: number; readonly size: number };

/**
 * Fetches the bytes of a file that are absent and writes them behind those that are there, until all have come or the
 * connection is cut.
 *
 * @returns the new length. It can be less than before from a server that sends everything again.
 * @throws CheckpointError `bad-download` for an answer that cannot be the rest of this file; nothing is written then.
 */
export const fetchRest = async (part: string, { from, size }: Rest, source: Source): Promise<number> => {
  // what is compressed on the way can neither be counted nor continued
  const headers = { 'Accept-Encoding': 'identity', ...(from > 0 ? { Range: `bytes=${from}-` } : {}) };
  const response = await source.request(source.url, { headers });
  const start = response.status === 206 ? from : 0;
  const fault = faultOf(response, { from: start, size });
  if (fault !== undefined) {
    await response.body?.cancel();
    throw badDownload(source.url, fault);
  }
  const file = await open(part, 'r+');
  try {
    await file.truncate(start);
    let length = start;
    for await (const chunk of untilCut(response.body)) {
      if (length + chunk.byteLength > size) throw badDownload(source.url, `more than its ${size} bytes came; ${AGAIN}`);
      await file.write(chunk, 0, chunk.byteLength, length);
      length += chunk.byteLength;
      source.onLength(length);
    }
    return length;
  } finally {
    await file.close();
  }
};

const AGAIN = 'run it again, or see whether something on the way changes what it passes on';

/** Why an answer cannot be the rest of a file, from its headers. */
const faultOf = ({ status, headers }: Response, { from, size }: Rest): string | undefined => {
  if (/^text\/html/i.test(headers.get('Content-Type') ?? '')) {
    return 'a web page came in its place; check the address (HF_ENDPOINT for the hub), and that no proxy or login page is in the way';
  }
  const range = headers.get('Content-Range');
  if (status === 206 && range !== `bytes ${from}-${size - 1}/${size}`) {
    return `asked for bytes from ${from} of ${size}, got "${range}"; ${AGAIN}`;
  }
  const length = headers.get('Content-Length');
  if (length === null || headers.has('Content-Encoding') || from + Number(length) === size) return undefined;
  return `${from + Number(length)} bytes are on offer, but ${size} were promised; ${AGAIN}`;
};

/** What arrives; a cut connection is an end like any other, since what has come is not lost. */
async function* untilCut(body: Response['body']): AsyncGenerator<Uint8Array> {
  try {
    if (body !== null) yield* body;
  } catch {
    // whoever counts sees that not all has come
  }
}

export const badDownload = (url: string, why: string): CheckpointError =>
  new CheckpointError('bad-download', `the download of ${url} failed: ${why}`);
