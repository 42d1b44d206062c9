/** What pages point to, and what they load. */

/** Whether an address leaves the site. */
export const isOutside = (to: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(to);

const TAG = /<([a-z][a-z0-9-]*)\b([^>]*)>/gi;
const ATTRIBUTE = /\b(href|src|srcset|poster|data)="([^"]*)"/gi;

type Pointer = { readonly tag: string; readonly to: string };

const allPointers = (html: string): readonly Pointer[] =>
  [...html.replaceAll(/<!--[\s\S]*?-->|<script\b[^>]*>[^<]+/g, '').matchAll(TAG)].flatMap(([, tag = '', text = '']) =>
    [...text.matchAll(ATTRIBUTE)].map(([, , to = '']) => ({ tag: tag.toLowerCase(), to: plain(to) })),
  );

const plain = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/** All addresses of a page, of links and of what it loads. */
export const pointersOf = (html: string): readonly string[] => allPointers(html).map(({ to }) => to);

/** What a file would load from another server. Links to follow are no loading, and neither is what is written into the page. */
export const outsideOf = (name: string, text: string): readonly string[] => {
  const [markup, styles] = [name.endsWith('.html') || name.endsWith('.svg'), name.endsWith('.css')];
  const loaded = markup ? allPointers(text).filter(({ tag }) => tag !== 'a') : [];
  const found = [
    ...loaded.map(({ to }) => to),
    ...(markup || styles ? styleLoads(text) : []),
    ...(name.endsWith('.js') || markup ? scriptLoads(text) : []),
  ];
  return found.filter((to) => isOutside(to) && !to.startsWith('data:'));
};

const styleLoads = (text: string): readonly string[] =>
  [...text.matchAll(/\burl\(\s*['"]?([^'")\s]+)|@import\s+['"]([^'"]+)/g)].map(
    ([, url, imported]) => url ?? imported ?? '',
  );

const scriptLoads = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:fetch|import|importScripts|Worker)\(\s*["'`]([^"'`]+)/g)].map(([, to = '']) => to);
