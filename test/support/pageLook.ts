import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';

/** What the page looks like, as far as it can be measured; runs in the page. */
const LOOK = `(() => {
  const charts = [...document.querySelectorAll('svg[role=img]')].filter((svg) => svg.checkVisibility());
  const boxes = (svg) => [...svg.querySelectorAll('text')].map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return { text: text.textContent, left, right, top, bottom };
  });
  const isOver = (a, b) =>
    a.text !== b.text && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return {
    width: document.documentElement.scrollWidth,
    images: [...document.images].map((image) => image.naturalWidth),
    charts: charts.map((svg) => {
      const frame = svg.getBoundingClientRect();
      const texts = boxes(svg);
      return {
        label: svg.getAttribute('aria-label'),
        marks: svg.querySelectorAll('.role-mark path, .role-mark line, .role-mark rect').length,
        points: svg.querySelectorAll('.mark-symbol.role-mark path').length,
        outside: texts.filter((t) => t.left < frame.left - 1 || t.right > frame.right + 1).map((t) => t.text),
        overlapping: texts.flatMap((a, n) => texts.slice(n + 1).filter((b) => isOver(a, b)).map((b) => a.text + ' / ' + b.text)),
        smallest: Math.min(...[...svg.querySelectorAll('text')].map(
          (t) => parseFloat(getComputedStyle(t).fontSize) * frame.width / svg.viewBox.baseVal.width)),
      };
    }),
  };
})()`;

export type Look = {
  readonly width: number;
  readonly images: readonly number[];
  readonly charts: readonly {
    readonly label: string;
    readonly marks: number;
    readonly points: number;
    readonly outside: readonly string[];
    readonly overlapping: readonly string[];
    readonly smallest: number;
  }[];
};

export const lookOf = async (page: Page): Promise<Look> => (await page.evaluate(LOOK)) as Look;

export type Opening = {
  /** Where the page is written first. */
  readonly path: string;
  readonly html: string;
  /** Of the window, in pixels. */
  readonly width: number;
};

/** Opens a page from the disk; everything that goes wrong stands in `faults`, a request to elsewhere among it. */
export const openPage = async (
  browser: Browser,
  { path, html, width }: Opening,
): Promise<{ page: Page; faults: string[] }> => {
  writeFileSync(path, html);
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfailed', (request) => faults.push(request.url()));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) faults.push(request.url());
  });
  await page.goto(pathToFileURL(path).href);
  return { page, faults };
};
