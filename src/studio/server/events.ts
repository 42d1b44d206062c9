import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { BoomerangError } from '../../errors.ts';
import type { StudioContext } from './context.ts';
import { faultOf } from './faults.ts';

/** How some work tells the page what comes. */
export type Events = {
  /** Aborted where the page closes the stream, and where the studio ends. */
  readonly signal: AbortSignal;
  /** Waits where the page reads slowly. */
  readonly send: (event: string, data: unknown) => Promise<void>;
};

/**
 * Answers with server-sent events for as long as some work lasts: what it throws becomes an event `fault`, unless nobody
 * listens any more.
 */
export const streamEvents = (
  c: Context,
  { signal, report }: Pick<StudioContext, 'signal' | 'report'>,
  work: (events: Events) => Promise<void>,
): Response =>
  streamSSE(c, async (stream) => {
    const ending = new AbortController();
    const end = (): void => ending.abort(new Error('the page closed the stream'));
    signal.addEventListener('abort', end);
    stream.onAbort(end);
    if (signal.aborted || stream.aborted) end();
    const send = async (event: string, data: unknown): Promise<void> => {
      ending.signal.throwIfAborted();
      await stream.writeSSE({ event, data: JSON.stringify(data) });
    };
    try {
      await work({ signal: ending.signal, send });
    } catch (error) {
      if (ending.signal.aborted) return;
      if (!(error instanceof BoomerangError)) report(error);
      await send('fault', faultOf(error));
    } finally {
      signal.removeEventListener('abort', end);
    }
  });
