import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describeWhere } from './describeWhere.ts';

const PATH = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** GPUs that are processors in disguise, so that what runs on GPUs is tested where there is none. */
export const SOFTWARE_GPU = [
  '--enable-unsafe-swiftshader',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** Opens the browser of the machine; where there is none, `undefined`. */
export const launchChromium = async (args: readonly string[] = ['--disable-gpu']): Promise<Browser | undefined> =>
  PATH === undefined ? undefined : chromium.launch({ executablePath: PATH, args: ['--no-sandbox', ...args] });

/** A suite in the browser of the machine, which is closed afterwards. */
export const describeChromium = (
  title: string,
  body: (browser: () => Browser) => void,
  args?: readonly string[],
): void =>
  describeWhere(PATH !== undefined || 'needs Chromium or Chrome below /usr/bin', title, () => {
    let browser: Browser;
    before(async () => {
      browser = (await launchChromium(args)) as Browser;
    });
    after(() => browser?.close());
    body(() => browser);
  });
