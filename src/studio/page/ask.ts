import { useEffect, useState } from 'preact/hooks';
import type { Fault } from '../api.ts';
import type { Choice } from '../choice.ts';
import { isWritten, writtenAnswer } from './answers.ts';
import { checkConnection, useConnection } from './connection.ts';

/** What the server said instead of an answer. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** An address of the server with a whole choice in its query. */
export const withChoice = (path: string, choice: Choice): string =>
  `${path}?${new URLSearchParams({ choice: JSON.stringify(choice) })}`;

/**
 * Asks the server, or the files that stand in its place.
 *
 * @throws Refused where it refuses, or is gone; `not-made` where only files are there, and none answers.
 */
export const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
  let response: Response | undefined;
  try {
    response = await (isWritten() ? writtenAnswer(path, init) : fetch(path, init));
  } catch (error) {
    if (init.signal?.aborted) throw error;
    void checkConnection();
    throw new Refused({ code: 'gone', message: 'The studio does not answer.' });
  }
  if (response === undefined) throw new Refused(NOT_MADE);
  if (response.ok) return response;
  throw new Refused(await faultOf(response));
};

const NOT_MADE: Fault = {
  code: 'not-made',
  message: 'This page shows what was measured before, and that was not. The studio itself makes it.',
};

const faultOf = async (response: Response): Promise<Fault> => {
  const usual = { code: `status-${response.status}`, message: `The studio answered with status ${response.status}.` };
  try {
    return ((await response.json()) as { error?: Fault }).error ?? usual;
  } catch {
    return usual;
  }
};

/** The fault that something was thrown with. */
export const faultIn = (error: unknown): Fault =>
  error instanceof Refused ? error.fault : { code: 'page', message: (error as Error).message };

export type Asked<T> = { readonly value?: T; readonly fault?: Fault };

/** What the server answers to an address, in JSON. It is asked again when it comes back, and its last answer stays until then. */
export const useAsked = <T>(path: string | undefined): Asked<T> => {
  const [asked, setAsked] = useState<Asked<T> & { readonly path?: string }>({});
  const { times } = useConnection();
  // `times` grows when the server comes back: it is asked anew.
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    ask(path, { signal: abort.signal })
      .then((response) => response.json())
      .then((value: T) => setAsked({ path, value }))
      .catch((error) => {
        if (!abort.signal.aborted)
          setAsked((last) => ({ ...(last.path === path ? last : { path }), fault: faultIn(error) }));
      });
    return () => abort.abort();
  }, [path, times]);
  return asked.path === path ? asked : {};
};
