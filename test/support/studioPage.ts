import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { type RunningCli, startCli } from './cli.ts';
import { root } from './shared.ts';

/** The sample images of this repository in a folder for each class, and a file that is no image among the bags. */
export const sampleClasses = (folder: string): string => {
  for (const name of readdirSync(join(root, 'examples/images'))) {
    const [, kind = ''] = /^\d-(.*)-\d\.png$/.exec(name) ?? [];
    mkdirSync(join(folder, kind), { recursive: true });
    cpSync(join(root, 'examples/images', name), join(folder, kind, name));
  }
  writeFileSync(join(folder, 'bag', 'torn.png'), 'no image');
  return folder;
};

export type RunningStudio = RunningCli & { /** The link that it printed. */ readonly link: string };

let built: Promise<unknown> | undefined;

/** Builds the page as it is in the sources now, once. */
export const buildPage = async (): Promise<void> => {
  built ??= build({ configFile: join(root, 'src/studio/page/vite.config.ts'), logLevel: 'silent' });
  await built;
};

/** Starts `boomerang studio` in a process of its own, with the page as it is in the sources now. */
export const startStudio = async (data: string, options: readonly string[] = []): Promise<RunningStudio> => {
  await buildPage();
  const running = startCli(['studio', data, '--model', 'models/fashion-28', ...options]);
  await running.hears('open this address');
  const [link = ''] = /http:\S+/.exec(running.said().stdout) ?? [];
  return { ...running, link };
};

/** Ends it as somebody does who presses Ctrl-C. */
export const endStudio = async ({ child, status }: RunningStudio): Promise<void> => {
  child.kill('SIGINT');
  await status;
};

export type Visit = {
  readonly page: Page;
  /** What the browser complained of: scripts that failed, and what the policy of the page forbade. */
  readonly faults: readonly string[];
};

export type VisitOptions = {
  /** Of the window, in pixels. @defaultValue 1280 */
  readonly width?: number;
  readonly isDark?: boolean;
};

/** Opens the studio as a new visitor does. */
export const visitStudio = async (browser: Browser, link: string, options: VisitOptions = {}): Promise<Visit> => {
  const { width = 1280, isDark = false } = options;
  const scheme = isDark ? 'dark' : 'light';
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (said) => {
    if (said.type() === 'error' && !/net::ERR_/.test(said.text())) faults.push(said.text());
  });
  await page.addInitScript(`
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) window.shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  await page.goto(link);
  await page.waitForSelector('h1');
  return { page, faults };
};

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong with a page for people who do not see it, or not well: a line each. */
export const barriersOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe); // not a script of the page, which its policy would forbid
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`);
};

/** By how many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)');

/** How much has moved on a page by itself: the sum that browsers report, and what moved. */
export const shiftsOf = (page: Page): Promise<[number, ...string[]][]> => page.evaluate('window.shifts');

/** Picks images as the studio proposes, and waits until they are in the address. */
export const pickSome = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Pick some for me' }).click();
  await page.waitForURL(({ searchParams }) => searchParams.has('choice'));
};

/** Goes to a view by its link. */
export const goTo = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
};
