import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ldmFiles, stableFiles, writeFiles } from '../support/latentPipeline.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root, TSX } from '../support/shared.ts';

const run = promisify(execFile);

describe('the example of photographs', () => {
  const path = scratchFolder();

  for (const [title, files] of [
    ['with text', stableFiles],
    ['without text', async () => ldmFiles()],
  ] as const) {
    it(`makes a page with a latent model ${title}, and encodes each photograph once`, async () => {
      writeFiles(path('model'), await files());
      for (const [folder, image] of [
        ['shirt', '0-t-shirt-top-0.png'],
        ['sandal', '5-sandal-0.png'],
      ] as const) {
        mkdirSync(path(`data/${folder}`), { recursive: true });
        copyFileSync(join(root, 'examples/images', image), path(`data/${folder}/${image}`));
      }
      const program = join(root, 'examples/photographs/augment.ts');
      const options = ['--model', path('model'), '--size', '16', '--out', path('page.png')];
      const { stdout } = await run(process.execPath, [...TSX, program, path('data'), ...options], { cwd: root });
      expect(stdout).to.match(/2 photographs, 2 encoded, 14 calls of the network/);
      expect(readFileSync(path('page.png')).subarray(1, 4).toString()).to.equal('PNG');
    });
  }

  it('says in one line what is wrong with what it is given', async () => {
    const program = join(root, 'examples/photographs/augment.ts');
    const ended = await run(process.execPath, [...TSX, program, path('data')], { cwd: root }).catch((error) => error);
    expect(ended.code).to.equal(2);
    expect(ended.stderr.trimEnd().split('\n').at(-1)).to.match(/^the place of a model must be a text/); // after tfjs's own words
  });
});
