import { useEffect, useRef } from 'preact/hooks';
import type { Fault } from '../../api.ts';
import { ask, faultIn } from '../ask.ts';
import { checkConnection, useConnection } from '../connection.ts';

/** Something that the server tells, by its name: `{ type: 'variant', data: Variant }`. */
export type StreamEvent = { readonly type: string; readonly data: unknown };

/** What every stream may say beside its own: that it begins, once more after a break too, and what went wrong. */
export type CommonEvent =
  | { readonly type: 'start'; readonly data?: undefined }
  | { readonly type: 'fault'; readonly data: Fault };

/** How often a stream that breaks off is begun anew before that is told. */
const TRIES = 5;
const PAUSE_MS = 400;

/**
 * Follows the events of an address while it is the same, and ends them, and so the work of the server, with the view. A
 * stream is over at `done` or `fault`; one that breaks off before is begun anew once the server is back.
 *
 * @param address None asks for nothing.
 */
export const useEvents = <T extends StreamEvent>(
  address: string | undefined,
  onEvent: (event: T | CommonEvent) => void,
): void => {
  const { times } = useConnection();
  const latest = useRef(onEvent);
  latest.current = onEvent;
  // `times` grows when the server comes back: it is asked anew.
  useEffect(() => {
    if (address === undefined) return;
    const abort = new AbortController();
    void follow(address, abort.signal, (event) => latest.current(event as T | CommonEvent));
    return () => abort.abort();
  }, [address, times]);
};

const follow = async (address: string, signal: AbortSignal, tell: (event: StreamEvent) => void): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    tell({ type: 'start', data: undefined });
    try {
      const response = await ask(address, { signal, headers: { accept: 'text/event-stream' } });
      for await (const event of eventsOf(response)) {
        if (signal.aborted) return;
        tell(event);
        if (event.type === 'done' || event.type === 'fault') return;
        tries = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      const fault = faultIn(error);
      if (fault.code !== 'gone' && fault.code !== 'page') return tell({ type: 'fault', data: fault });
    }
    if ((await checkConnection()).state !== 'there') return; // begun anew when it is back
    await new Promise((done) => setTimeout(done, PAUSE_MS));
    if (signal.aborted) return;
  }
  tell({ type: 'fault', data: { code: 'broken-off', message: 'The studio broke off; try it once more.' } });
};

/** Server-sent events as they come. */
async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) return;
    const blocks = (text + chunk.value).split(/\r?\n\r?\n/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
  }
}

/** One event; comments, which keep a connection open, are none. */
const parsed = (block: string): StreamEvent | undefined => {
  let type = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'event') type = value;
    if (name === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { type, data: JSON.parse(data.join('\n')) };
};
