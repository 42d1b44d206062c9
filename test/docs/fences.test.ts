import { expect } from 'chai';
import { fencesOf, PAGES, read } from './pages.ts';

/** Where code runs in CI: in guides.slow.test.ts, in the packed package, in a page, and in tests of their own. */
const RUN =
  /^examples\/(guides\/\w+\.ts|start\/\w+\.js|(anonymise\/items|photographs\/augment|classifier\/train|runs)\.ts|browser\/shortest\.js)$/;

for (const page of PAGES) {
  it(`${page} has code in languages that are run or held against what there is, and settings in others`, () => {
    for (const { language } of fencesOf(page)) expect(language).to.match(/^(js|ts|sh|json|yaml|dockerfile|text)$/);
  });

  const code = fencesOf(page).filter(({ language }) => language === 'js' || language === 'ts');
  if (code.length === 0) continue;

  describe(`the code of ${page}`, () => {
    for (const { marker, text } of code) {
      it(`is the region ${marker} as it is`, () => {
        const [file = '', region = ''] = marker?.split('#') ?? [];
        expect(file).to.match(RUN);
        const marked = new RegExp(`// #region ${region}\\n([\\s\\S]*?) *// #endregion`).exec(read(file));
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
    expect(read('.ci/run')).to.match(/^npm test 2>&1 \| tee /m);
  });

  it('and the guides are made into a site in CI, whose links are followed', () => {
    expect(read('.ci/run')).to.match(/^npm run docs$/m);
    expect(JSON.parse(read('package.json')).scripts.docs).to.match(/^typedoc && tsx docs\/site\/check\.ts site$/);
  });

  it('claims of classifiers what the page of evidence claims, word for word', () => {
    const claimOf = (page: string): string => /<!-- claim -->\n([\s\S]+?)<!-- \/claim -->/.exec(read(page))?.[1] ?? '';
    expect(claimOf('README.md')).to.not.equal('');
    expect(claimOf('docs/evidence.md')).to.equal(claimOf('README.md'));
  });
});
