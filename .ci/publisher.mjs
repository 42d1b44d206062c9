// Writes into package.json what follows from publisher.json: one place says who publishes, four fields repeat it.
import { readFileSync, writeFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { author, repository } = read('publisher.json');
const manifest = {
  ...read('package.json'),
  author,
  repository: { type: 'git', url: `git+${repository}.git` },
  homepage: `${repository}#readme`,
  bugs: `${repository}/issues`,
};
writeFileSync(new URL('../package.json', import.meta.url), `${JSON.stringify(manifest, undefined, 2)}\n`);
