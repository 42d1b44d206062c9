import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Fault } from '../api.ts';
import { HEADERS } from './guard.ts';

/** A choice and all its curves fit in far less. */
const MOST_BYTES = 64 * 1024;

/**
 * Refuses long bodies by their heads, and ends the connection: whoever answers without reading a body has Node read the
 * rest of it to throw it away, gigabytes too.
 */
export const shortBodies =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined) refuse(response, 411, { code: 'no-length', message: 'say how long the body is' });
    else if (Number(length) > MOST_BYTES) refuse(response, 413, tooLong());
    else listener(request, response as ServerResponse<IncomingMessage> & { req: IncomingMessage });
  };

const tooLong = (): Fault => ({ code: 'too-long', message: `what is posted must have at most ${MOST_BYTES} bytes` });

const refuse = (response: ServerResponse, status: 411 | 413, error: Fault): void => {
  const headers = { ...HEADERS, 'content-type': 'application/json', connection: 'close' };
  response.writeHead(status, headers).end(JSON.stringify({ error }));
};
