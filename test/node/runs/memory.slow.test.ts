import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { scratchFolder } from '../../support/scratch.ts';
import { root, TSX } from '../../support/shared.ts';

const COUNT = 100_000;
/** Of pieces, names and records, 100 bytes an image would be 10 MB; the rest is how V8 grows. */
const MOST_GROWTH = 100 * 2 ** 20;

describe('the memory that a run takes', function () {
  this.timeout(1_800_000);
  const path = scratchFolder();

  for (const format of ['webdataset', 'idx']) {
    it(`does not grow with the images: ${COUNT} of them as ${format}`, () => {
      const script = join(root, 'test/node/runs/manyImages.ts');
      const said = execFileSync(process.execPath, [...TSX, script, path(), String(COUNT), format], {
        encoding: 'utf8',
      });
      const { samples, early, most } = JSON.parse(said.trim().split('\n').at(-1) as string);
      expect(samples).to.equal(COUNT);
      expect(most - early, `from ${early} to ${most}`).to.be.below(MOST_GROWTH);
    });
  }
});
