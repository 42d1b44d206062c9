import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLabels } from '../../src/node/data/labelledImages.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { type Choice, USUAL } from '../../src/studio/choice.ts';
import type { StudioSetting } from '../../src/studio/server/context.ts';
import type { BuiltPage } from '../../src/studio/server/page.ts';
import { type ServedStudio, serveStudio } from '../../src/studio/server/serve.ts';
import { root } from '../support/shared.ts';

const TOKEN = 'token-of-a-test';

/** A page that is not looked at. */
const NO_PAGE: BuiltPage = new Map([['/index.html', { bytes: new TextEncoder().encode('page'), type: 'text/html' }]]);

const MODEL = join(root, 'models/fashion-28');

/** The sample images of this repository in folders of their classes, by the numbers that the model has for them. */
export const numberedClasses = (folder: string): string => {
  for (const name of readdirSync(join(root, 'examples/images'))) {
    mkdirSync(join(folder, name.charAt(0)), { recursive: true });
    cpSync(join(root, 'examples/images', name), join(folder, name.charAt(0), name));
  }
  return folder;
};

export type StudioTest = ServedStudio & {
  readonly setting: StudioSetting;
  readonly get: (path: string, signal?: AbortSignal) => Promise<Response>;
  readonly post: (path: string, body: unknown) => Promise<Response>;
};

/**
 * A studio of the model that comes with the repository, and what asks it as its page does.
 *
 * @param folder of images in folders of their classes.
 */
export const openTestStudio = async (folder: string, more: Partial<StudioSetting> = {}): Promise<StudioTest> => {
  const model = await loadModel(MODEL);
  const [height, width, channels] = model.imageShape;
  const data = withLabels(await openImages(folder, { size: [height, width], channels }), folder);
  const ending = new AbortController();
  const setting: StudioSetting = {
    ...{ model, data, place: MODEL, dataPlace: folder, computedBy: 'a test', runs: [], command: 'boomerang studio' },
    signal: ending.signal,
    report: (error) => console.error(error),
    ...more,
  };
  const served = await serveStudio(setting, { port: 0, token: TOKEN, page: NO_PAGE });
  const headers = { cookie: `boomerang-studio-${served.port}=${TOKEN}` };
  const base = `http://127.0.0.1:${served.port}`;
  return {
    ...served,
    setting,
    get: (path, signal) => fetch(`${base}${path}`, { headers, ...(signal ? { signal } : {}) }),
    post: (path, body) =>
      fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await served.close();
      model.dispose();
    },
  };
};

/** The usual choice with some images picked, and what differs. */
export const chosen = (part: Partial<Choice> = {}): Choice => ({ ...USUAL, images: [3, 17], ...part });

/** Events of an answer that ends. */
export const eventsIn = async (response: Response): Promise<{ readonly type: string; readonly data: unknown }[]> =>
  (await response.text())
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => ({
      type: /^event: (.*)$/m.exec(block)?.[1] ?? 'message',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'),
    }));
