import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** A suite in the browser of the machine, which is closed afterwards; without one it is skipped and says why. */
export const describeChromium = (title: string, body: (browser: () => Browser) => void): void => {
  if (PATH === undefined) {
    describe.skip(`${title} (needs Chromium)`, () => body(missing));
    return;
  }
  describe(title, () => {
    let browser: Browser;
    before(async () => {
      browser = await chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-gpu'] });
    });
    after(() => browser?.close());
    body(() => browser);
  });
};

const missing = (): never => {
  throw new Error('there is no Chromium here');
};
