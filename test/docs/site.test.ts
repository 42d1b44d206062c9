import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { checkSite } from '../../docs/site/check.ts';
import { scratchFolder } from '../support/scratch.ts';

const INDEX =
  '<h1 id="top">Site</h1> <a href="guides/one.html#here">one</a> <a href="#top">up</a> <img src="media/a.svg">';
const GOOD: Readonly<Record<string, string>> = {
  'index.html': INDEX,
  'guides/one.html': '<p id="here"><a href="../index.html">back</a> <a href="https://example.org">elsewhere</a></p>',
  'media/a.svg': '<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,AA=="/></svg>',
  'assets/style.css': 'body { background: url("../media/a.svg"); }',
  'assets/main.js': 'fetch("search.json"); // https://example.org/spec',
};

describe('the check of the documentation site', () => {
  const folder = scratchFolder();
  const faultsOf = (changes: Readonly<Record<string, string>>): readonly string[] => {
    for (const [name, text] of Object.entries({ ...GOOD, ...changes })) {
      mkdirSync(dirname(folder(name)), { recursive: true });
      writeFileSync(folder(name), text);
    }
    return checkSite(folder()).faults;
  };

  it('finds nothing wrong where all is well, and counts', () => {
    expect(faultsOf({})).to.deep.equal([]);
    expect(checkSite(folder())).to.include({ pages: 2, links: 4 });
  });

  const navigation = (path: string): string => {
    const leaves = [{ text: 'Guides', children: [{ text: 'One', path }] }];
    return `window.navigationData = "${deflateSync(JSON.stringify(leaves)).toString('base64')}"`;
  };

  for (const [title, changes, fault] of [
    [
      'a dead link',
      { 'index.html': `${INDEX}<a href="guides/two.html">` },
      /index\.html: guides\/two\.html leads nowhere/,
    ],
    ['a link to a folder', { 'index.html': `${INDEX}<a href="guides">` }, /guides leads nowhere/],
    ['a link out of the site', { 'index.html': `${INDEX}<a href="../etc/passwd">` }, /leads nowhere/],
    ['a dead anchor', { 'guides/one.html': '<p id="there">' }, /one\.html#here leads to nothing/],
    ['a picture that is not there', { 'index.html': `${INDEX}<img src="media/b.png">` }, /media\/b\.png leads nowhere/],
    [
      'a script from elsewhere',
      { 'index.html': `${INDEX}<script src="https://cdn.example/a.js"></script>` },
      /loads https:\/\/cdn/,
    ],
    [
      'a style from elsewhere',
      { 'index.html': `${INDEX}<link rel="stylesheet" href="//cdn.example/a.css">` },
      /loads \/\/cdn/,
    ],
    [
      'a picture from elsewhere',
      { 'guides/one.html': '<p id="here"><img src="http://example.org/a.png">' },
      /one\.html: loads http/,
    ],
    [
      'a font from elsewhere',
      { 'assets/style.css': '@font-face { src: url(https://cdn.example/a.woff2); }' },
      /style\.css: loads/,
    ],
    ['a style that imports', { 'assets/style.css': '@import "https://cdn.example/a.css";' }, /style\.css: loads/],
    ['a script that fetches', { 'assets/main.js': 'fetch("https://example.org/count")' }, /main\.js: loads/],
    [
      'a picture that loads',
      { 'media/a.svg': '<svg><image href="https://example.org/a.png"/></svg>' },
      /a\.svg: loads/,
    ],
    [
      'navigation to nowhere',
      { 'assets/navigation.js': navigation('guides/two.html') },
      /guides\/two\.html leads nowhere/,
    ],
  ] as const) {
    it(`finds ${title}`, () => {
      const faults = faultsOf(changes);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(fault);
    });
  }
});
