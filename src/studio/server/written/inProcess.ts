import { Hono } from 'hono';
import { BoomerangError } from '../../../errors.ts';
import type { Choice } from '../../choice.ts';
import type { WrittenEvent } from '../../written.ts';
import { answer } from '../answer.ts';
import { type StudioSetting, studioContext } from '../context.ts';

/** The studio without a port: asked by the process that it runs in. */
export type InProcess = {
  /** @throws BoomerangError with the code of the fault that was answered. */
  readonly ask: (address: string, posted?: Choice) => Promise<Response>;
  /** All events of an address, each told as it comes. @throws what the signal was aborted with. */
  readonly follow: (address: string, onEvent: (event: WrittenEvent) => void) => Promise<WrittenEvent[]>;
  readonly dispose: () => void;
};

/** An address with a whole choice in its query. */
export const withChoice = (path: string, choice: Choice): string =>
  `${path}?${new URLSearchParams({ choice: JSON.stringify(choice) })}`;

export const inProcess = (setting: StudioSetting): InProcess => {
  const app = new Hono();
  const context = studioContext(setting);
  answer(app, context);
  const ask = async (address: string, posted?: Choice): Promise<Response> => {
    const init = posted ? { method: 'POST', body: JSON.stringify(posted) } : {};
    const response = await app.request(`/${address}`, init);
    setting.signal.throwIfAborted();
    if (response.ok) return response;
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    throw new BoomerangError(error.code, error.message);
  };
  return {
    ask,
    async follow(address, onEvent) {
      const events: WrittenEvent[] = [];
      for await (const event of eventsOf(await ask(address))) {
        events.push(event);
        onEvent(event);
      }
      setting.signal.throwIfAborted(); // a stream that is broken off ends without a word
      return events;
    },
    dispose: context.dispose,
  };
};

async function* eventsOf({ body }: Response): AsyncGenerator<WrittenEvent> {
  if (body === null) return;
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, type, data] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      if (type !== undefined && data !== undefined) yield { type, data: JSON.parse(data) as unknown };
    }
  }
}
