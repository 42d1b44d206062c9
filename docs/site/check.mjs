// Crawls a built site from its first page: every link must lead to a file and every anchor to something on its page;
// pages, styles and scripts may load nothing from elsewhere. Says what is wrong, line by line, and ends with 1.
//
//   node docs/site/check.mjs site
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const OUTSIDE = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i;
const TAG = /<(a|link|script|img|source|iframe|use|image|video|audio|object|embed)\b[^>]*>/gi;
const ATTRIBUTE = /\b(href|src|srcset|poster|data|xlink:href)="([^"]*)"/gi;
const decoded = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/** Everything that a page points to or loads: `{ tag, to }`. */
const pointersOf = (html) =>
  [...html.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(TAG)].flatMap(([text, tag]) =>
    [...text.matchAll(ATTRIBUTE)].map(([, , to]) => ({ tag: tag.toLowerCase(), to: decoded(to) })),
  );

const isLoaded = ({ tag, to }) => tag !== 'a' && !to.startsWith('data:') && !to.startsWith('#');
const styleUrls = (css) => [...css.matchAll(/url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)/g)].map(([, a, b]) => a ?? b);
const inlineStyles = (html) => [...html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>|style="([^"]*)"/g)].map(([, a, b]) => a ?? b);

/**
 * @param {string} root folder of the site.
 * @returns {{ pages: number, faults: string[] }} a line for whatever is wrong.
 */
export const checkSite = (root) => {
  const faults = new Set();
  const seen = new Map();
  const idsOf = (path) => {
    if (!seen.has(path)) visit(path);
    return seen.get(path);
  };
  const visit = (path) => {
    const html = readFileSync(path, 'utf8');
    seen.set(path, new Set([...html.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id]) => decoded(id))));
    for (const css of inlineStyles(html)) checkStyle(path, css);
    for (const pointer of pointersOf(html)) checkPointer(path, pointer);
  };
  const say = (path, fault) => faults.add(`${relative(root, path)}: ${fault}`);
  const checkPointer = (path, pointer) => {
    const { tag, to } = pointer;
    if (OUTSIDE.test(to)) {
      if (isLoaded(pointer) && !(tag === 'link' && to.includes('canonical'))) say(path, `loads ${to} from elsewhere`);
      return;
    }
    if (/^(?:data|mailto|javascript):/.test(to)) return;
    const [file, anchor = ''] = to.split('#');
    const target = file === '' ? path : join(dirname(path), decodeURIComponent(file.replace(/\?.*/, '')));
    if (!existsSync(target) || !statSync(target).isFile()) return say(path, `${to} leads nowhere`);
    if (!target.endsWith('.html') || !target.startsWith(join(root, '/'))) return;
    const ids = idsOf(target);
    if (anchor !== '' && !ids.has(decodeURIComponent(anchor))) say(path, `${to} leads to nothing on that page`);
  };
  const checkStyle = (path, css) => {
    for (const to of styleUrls(css)) if (OUTSIDE.test(to)) say(path, `loads ${to} from elsewhere`);
  };

  idsOf(join(root, 'index.html'));
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const path = join(root, name);
    if (name.endsWith('.html')) idsOf(path);
    else if (name.endsWith('.css')) checkStyle(path, readFileSync(path, 'utf8'));
    else if (name.endsWith('.js') && !name.startsWith('media')) checkScript(path, say);
  }
  return { pages: seen.size, faults: [...faults] };
};

/** Scripts of the site that fetch, import or open anything by an outside address. */
const checkScript = (path, say) => {
  const code = readFileSync(path, 'utf8');
  for (const [, to] of code.matchAll(/(?:fetch|import|importScripts|\bopen)\(\s*["'`]((?:https?:)?\/\/[^"'`]+)/g)) {
    say(path, `fetches ${to} from elsewhere`);
  }
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { pages, faults } = checkSite(process.argv[2] ?? 'site');
  for (const fault of faults) console.error(fault);
  console.log(`${pages} pages, ${faults.length} faults`);
  if (pages < 2 || faults.length > 0) process.exitCode = 1;
}
