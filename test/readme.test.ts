import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from './support/shared.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the README', () => {
  const fences = [...read('README.md').matchAll(/<!-- (\S+)#(\S+) -->\n```[jt]s\n([\s\S]*?)```/g)];

  it('shows code of the examples', () => expect(fences).to.not.be.empty);

  for (const [, file = '', region = '', shown] of fences) {
    it(`shows the region ${region} of ${file} as it is`, () => {
      const marked = new RegExp(`// #region ${region}\\n([\\s\\S]*?) *// #endregion`).exec(read(file));
      expect(shown).to.equal(marked?.[1]);
    });
  }

  it('names the test command that CI runs', () => {
    expect(read('README.md')).to.match(/^npm test /m);
    expect(read('.ci/run').trimEnd()).to.match(/\nnpm test$/);
  });
});
