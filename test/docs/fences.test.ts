import { expect } from 'chai';
import { fencesOf, PAGES, read } from './pages.ts';

for (const page of PAGES) {
  const code = fencesOf(page).filter(({ language }) => language === 'js' || language === 'ts');
  if (code.length === 0) continue;

  describe(`the code of ${page}`, () => {
    for (const { marker, text } of code) {
      it(`is the region ${marker} as it is`, () => {
        const [file = '', region = ''] = marker?.split('#') ?? [];
        const marked = new RegExp(`// #region ${region}\\n([\\s\\S]*?) *// #endregion`).exec(read(file || page));
        expect(text, 'a comment above the block must say where its code runs').to.equal(marked?.[1]);
      });
    }
  });
}

describe('the README', () => {
  it('shows eight lines', () => {
    const [first] = fencesOf('README.md').filter(({ language }) => language === 'js');
    expect(first?.text.trim().split('\n').filter(Boolean)).to.have.length(8);
  });

  it('names the test command that CI runs', () => {
    expect(read('README.md')).to.match(/^npm test /m);
    expect(read('.ci/run').trimEnd()).to.match(/\nnpm test$/);
  });

  it('claims of classifiers what the page of evidence claims, word for word', () => {
    const claimOf = (page: string): string => /<!-- claim -->\n([\s\S]+?)<!-- \/claim -->/.exec(read(page))?.[1] ?? '';
    expect(claimOf('README.md')).to.not.equal('');
    expect(claimOf('docs/evidence.md')).to.equal(claimOf('README.md'));
  });
});
