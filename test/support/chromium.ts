import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describeWhere } from './describeWhere.ts';

const PATH = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** A suite in the browser of the machine, which is closed afterwards. */
export const describeChromium = (title: string, body: (browser: () => Browser) => void): void =>
  describeWhere(PATH !== undefined || 'needs Chromium or Chrome below /usr/bin', title, () => {
    let browser: Browser;
    before(async () => {
      browser = await chromium.launch({ executablePath: PATH as string, args: ['--no-sandbox', '--disable-gpu'] });
    });
    after(() => browser?.close());
    body(() => browser);
  });
