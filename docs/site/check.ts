/**
 * Crawls a built site: every link must lead to a file, every anchor to something on its page, and neither pages nor
 * styles nor scripts may load anything from elsewhere. Says what is wrong, line by line, and ends with 1.
 *
 *   npx tsx docs/site/check.ts [FOLDER]
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { isOutside, outsideOf, pointersOf } from './pointers.ts';

export type Checked = {
  readonly pages: number;
  readonly links: number;
  /** What is wrong, a line each, with the page's path. */
  readonly faults: readonly string[];
};

/** @param root folder with an `index.html`. */
export const checkSite = (root: string): Checked => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );
  const pages = files.filter((name) => name.endsWith('.html') && !name.startsWith('media/'));
  const anchors = new Map(pages.map((name) => [name, idsOf(readFileSync(join(root, name), 'utf8'))]));
  const faults: string[] = [];
  let links = 0;
  const follow = (name: string, to: string): void => {
    links += 1;
    const [path = '', anchor = ''] = to.split('#').map(decodeURIComponent);
    const target = path === '' ? name : join(dirname(name), path.replace(/\?.*/, ''));
    if (target.startsWith('..') || !existsSync(join(root, target)) || !statSync(join(root, target)).isFile()) {
      faults.push(`${name}: ${to} leads nowhere`);
    } else if (anchor !== '' && anchors.get(target)?.has(anchor) === false) {
      faults.push(`${name}: ${to} leads to nothing on that page`);
    }
  };
  for (const name of files) {
    const text = /\.(html|css|js|svg)$/.test(name) ? readFileSync(join(root, name), 'utf8') : '';
    for (const to of outsideOf(name, text)) faults.push(`${name}: loads ${to} from elsewhere`);
    if (!pages.includes(name)) continue;
    for (const to of pointersOf(text)) if (!isOutside(to)) follow(name, to);
  }
  for (const to of navigationOf(root)) follow('index.html', to);
  return { pages: pages.length, links, faults };
};

const idsOf = (html: string): ReadonlySet<string> =>
  new Set([...html.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id.replaceAll('&amp;', '&')));

type Leaf = { readonly path?: string; readonly children?: readonly Leaf[] };

/** What the navigation at the side leads to, which a script makes from a file of typedoc's. */
const navigationOf = (root: string): readonly string[] => {
  const file = join(root, 'assets/navigation.js');
  if (!existsSync(file)) return [];
  const [, packed = ''] = /"([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
  const pathsOf = ({ path, children = [] }: Leaf): readonly string[] => [
    ...(path === undefined ? [] : [path]),
    ...children.flatMap(pathsOf),
  ];
  const leaves: readonly Leaf[] = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString());
  return leaves.flatMap(pathsOf);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { pages, links, faults } = checkSite(process.argv[2] ?? 'site');
  for (const fault of faults) console.error(fault);
  console.log(`${pages} pages, ${links} links, ${faults.length} faults`);
  if (pages === 0 || faults.length > 0) process.exitCode = 1;
}
