import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';

/** From the bottom up. A file imports from lower rows or from its own folder, never sideways. */
const LAYERS = [
  ['errors.ts', 'random.ts', 'warn.ts'],
  ['checks.ts'],
  ['noise', 'networks'],
  ['tensors'],
  ['solvers', 'engines', 'checkpoints', 'text'],
  ['models'],
  ['web'],
  ['returns', 'train'],
  ['schedules', 'caches'],
  ['transforms', 'calibrate'],
  ['apps'],
  ['index.ts'],
  ['node'],
  ['studio', 'fleet'],
  ['cli'],
];
/** Where Node's own modules may be used. */
const runsInNode = (name: string): boolean => /^(node|cli|fleet|studio\/server)\//.test(name);
const root = join(import.meta.dirname, '../src');
const top = (file: string): string => relative(root, file).split('/')[0] ?? '';
const layer = (name: string): number => LAYERS.findIndex((names) => names.includes(name));
const imports = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');

/** Files that a file imports, by their paths from the root; a type counts as much as a value. */
const importedFiles = (name: string): string[] =>
  imports(join(root, name))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, join(dirname(join(root, name)), specifier)));

/** A way from a file back to itself, if there is one. */
const circleFrom = (start: string): string[] | undefined => {
  const seen = new Set<string>();
  const ways: string[][] = [[start]];
  for (const way of ways) {
    for (const next of importedFiles(way.at(-1) as string)) {
      if (next === start) return [...way, start];
      if (seen.has(next) || !/\.tsx?$/.test(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
};

describe('layers', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

  it('finds the sources', () => expect(files).to.not.be.empty);

  for (const name of files) {
    const file = join(root, name);
    it(`${name} imports downwards only, and never itself by a way round`, () => {
      const own = top(file);
      expect(layer(own), `${own} has no place in the layers`).to.be.at.least(0);
      for (const specifier of imports(file)) {
        if (specifier.startsWith('.')) {
          const other = top(join(dirname(file), specifier));
          if (other !== own) expect(layer(other), `${name} imports ${specifier}`).to.be.below(layer(own));
        } else if (!runsInNode(name)) {
          expect(specifier, `${name} must run in a browser`).to.not.match(/^node:|^sharp$|^commander$|^cli-progress$/);
        }
      }
      if (!runsInNode(name)) expect(readFileSync(file, 'utf8')).to.not.match(/\bprocess\.\w/);
      if (own !== 'random.ts') expect(imports(file)).to.not.include('seedrandom');
      expect(circleFrom(name), 'a circle of imports').to.equal(undefined);
    });
  }
});
