import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { root, TSX } from '../support/shared.ts';

const run = promisify(execFile);
const folder = join(root, 'examples/guides');
const FILES = [...readdirSync(folder).map((name) => join(folder, name)), join(root, 'examples/anonymise/items.ts')];

describe('the programs of the guides', () => {
  it('run, each with something to say, and none is left over when they end', async function () {
    this.timeout(240_000);
    const argv = [...TSX, join(import.meta.dirname, 'runGuides.ts'), ...FILES];
    const { stdout } = await run(process.execPath, argv, { cwd: root });
    const said = stdout.split(/^== (.+)$/m).slice(1);
    expect(said.filter((_, n) => n % 2 === 0)).to.deep.equal(FILES);
    FILES.forEach((file, n) => {
      if (!file.endsWith('clothes.ts')) expect(said[2 * n + 1]?.trim(), file).to.not.equal('');
    });
    expect(stdout).to.include('0.3 is timestep 300, sigma 1.24; 7 calls of the network');
    expect(stdout).to.match(/^traced to their originals: 0(\.\d+)? of them$/m);
    expect(stdout).to.match(/80 % of labels are kept up to strength 0\.\d\d/);
  });
});
