import { type IncomingHttpHeaders, request } from 'node:http';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { type LabelledImages, withLabels } from '../../src/node/data/labelledImages.ts';
import type { StudioSetting } from '../../src/studio/server/context.ts';
import type { BuiltPage } from '../../src/studio/server/page.ts';
import { type ServedStudio, serveStudio } from '../../src/studio/server/serve.ts';
import { gaussianModel } from './gaussianModel.ts';

export const TOKEN = 'a'.repeat(43);

const file = (text: string, type: string) => ({ bytes: new TextEncoder().encode(text), type });
export const PAGE: BuiltPage = new Map([
  ['/index.html', file('<!doctype html><title>studio</title>', 'text/html; charset=utf-8')],
  ['/assets/page.js', file('export {};', 'text/javascript; charset=utf-8')],
]);

/** 30 images of 4 x 4 in two classes, grey on grey. */
export const greyImages = (): LabelledImages => {
  const bytes = Uint8Array.from({ length: 30 * 16 }, (_, n) => 60 + ((n * 37) % 120));
  const labels = Array.from({ length: 30 }, (_, n) => n % 2);
  return withLabels(imageSet({ bytes, imageShape: [4, 4, 1], labels, classes: ['left', 'right'] }), 'greys');
};

export type TestStudio = ServedStudio & {
  readonly cookie: string;
  /** What the server reported to its terminal. */
  readonly reported: unknown[];
};

/** Of an exact model unless another is given. */
export const settingOf = (setting: Partial<StudioSetting> = {}): StudioSetting => ({
  model: setting.model ?? gaussianModel(),
  place: 'models/exact',
  computedBy: 'tfjs',
  data: setting.data ?? greyImages(),
  dataPlace: '/home/somebody/data/greys',
  runs: [],
  command: 'boomerang studio greys --model exact',
  signal: new AbortController().signal,
  report: () => undefined,
  ...setting,
});

/** A real server on loopback. */
export const startStudio = async (setting: Partial<StudioSetting> = {}, port = 0): Promise<TestStudio> => {
  const reported: unknown[] = [];
  const whole = settingOf({ report: (error) => void reported.push(error), ...setting });
  const served = await serveStudio(whole, { port, token: TOKEN, page: PAGE });
  return { ...served, cookie: `boomerang-studio-${served.port}=${TOKEN}`, reported };
};

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

export type Question = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Asks as it is told, with any header and any path, as no browser would. */
export const askStudio = (
  { port }: Pick<ServedStudio, 'port'>,
  path: string,
  { method = 'GET', headers = {}, body }: Question = {},
): Promise<Answer> =>
  new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', fail);
    });
    asked.on('error', fail);
    asked.end(body);
  });

export type StreamedEvent = { readonly type: string; readonly data: never };

/** The events of an address, until it is closed or they are broken off. */
export async function* eventsOf(
  { port, cookie }: Pick<TestStudio, 'port' | 'cookie'>,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie }, signal: signal ?? null });
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, type = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      yield { type, data: JSON.parse(data) as never };
    }
  }
}

/** All events of an address, by their types. */
export const allEvents = async (studio: TestStudio, path: string) => {
  const events: StreamedEvent[] = [];
  for await (const event of eventsOf(studio, path)) events.push(event);
  const of = <T>(type: string): T[] => events.filter((event) => event.type === type).map(({ data }) => data as T);
  return { events, of };
};
