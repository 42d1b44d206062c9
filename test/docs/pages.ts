import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/shared.ts';

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What people read: the README and the guides, by their paths from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A block of code: its language, its text, and what it is a region of, `file#region`, if the line above it says so. */
export type Fence = { readonly language: string; readonly text: string; readonly marker: string | undefined };

export const fencesOf = (page: string): readonly Fence[] =>
  [...read(page).matchAll(/(?:^<!-- (\S+#\S+) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, marker, language = '', text = '']) => ({ language, text, marker }),
  );
