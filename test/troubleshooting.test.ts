import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ThrownCode, thrownCodes } from './support/codes/thrownCodes.ts';
import { scratchFolder } from './support/scratch.ts';
import { root } from './support/shared.ts';

/** Codes of a page, each a heading of its own, so that it has an address. */
const entriesOf = (page: string): readonly string[] => [...page.matchAll(/^### (.+)$/gm)].map(([, code = '']) => code);

/** A hole is a hole, whatever its name: `bad-<kebab>` in the source, `bad-OPTION` on the page. */
const pattern = (code: string): string => code.replace(/<\w*>|[A-Z]+$/g, '<>');

/** Where a code is put together, the family's entry is enough. */
const namesOf = ({ code, family }: ThrownCode): readonly string[] => [pattern(code), ...(family ? [family] : [])];

const compare = (page: string, codes: readonly ThrownCode[]) => {
  const entries = entriesOf(page);
  const [written, thrown] = [new Set(entries.map(pattern)), new Set(codes.flatMap(namesOf))];
  const missing = codes.filter((one) => !namesOf(one).some((name) => written.has(name)));
  return {
    missing: [...new Set(missing.map(({ code, place }) => `${code} of ${place}`))],
    spare: entries.filter((entry) => !thrown.has(pattern(entry))),
  };
};

describe('the page of troubleshooting', () => {
  const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
  let codes: readonly ThrownCode[] = [];
  before(() => {
    codes = thrownCodes();
  });

  it('has an entry for every code that the source gives to people', () => {
    expect(codes.length).to.be.above(400);
    expect(compare(page, codes).missing).to.deep.equal([]);
  });

  it('has no entry for a code that is not there', () => expect(compare(page, codes).spare).to.deep.equal([]));

  it('is about codes in small letters with hyphens', () => {
    for (const { code } of codes) expect(code.replace(/<\w*>/, 'x')).to.match(/^[a-z]+(-[a-z0-9]+)*$/);
  });

  it('has every entry once, at an address of its own, with words below it', () => {
    const addresses = entriesOf(page).map((entry) => entry.toLowerCase());
    expect(addresses).to.have.lengthOf(new Set(addresses).size);
    for (const entry of page.split(/^### /m).slice(1)) expect(entry).to.match(/^.+\n\n[A-Za-z`].{20}/);
  });

  it('says which code has no entry, and which entry no code', () => {
    const some: ThrownCode[] = [
      { code: 'bad-idx', place: 'src/idx.ts:1' },
      { code: 'bad-steps', family: 'bad-<>', place: 'src/numbers.ts:1' },
    ];
    expect(compare('### bad-OPTION\n', some)).to.deep.equal({ missing: ['bad-idx of src/idx.ts:1'], spare: [] });
    expect(compare('### bad-steps\n\n### bad-idx\n\n### gone\n', some)).to.deep.equal({
      missing: [],
      spare: ['gone'],
    });
  });
});

describe('thrownCodes', () => {
  const path = scratchFolder();
  const ERRORS = `
    export class BoomerangError extends Error { constructor(code: string, message: string) { super(message); } }
    export class ArgumentError extends BoomerangError {}`;

  /** The codes of a source that begins with the errors. */
  const found = (source: string): readonly string[] => {
    mkdirSync(path('src'), { recursive: true });
    writeFileSync(path('src/errors.ts'), ERRORS);
    writeFileSync(path('src/door.ts'), `import { ArgumentError, BoomerangError } from './errors.ts';\n${source}`);
    return thrownCodes(path('src')).map(({ code }) => code);
  };

  const SOURCES: readonly (readonly [string, string, readonly string[]])[] = [
    ['written where they are thrown', `throw new ArgumentError('bad-a', '');`, ['bad-a']],
    ['chosen there', `throw new ArgumentError(isA ? 'bad-a' : (other ?? 'bad-b'), '');`, ['bad-a', '<other>', 'bad-b']],
    ['kept in a constant', `const own = 'bad-a' as const; throw new ArgumentError(own, '');`, ['bad-a']],
    ['said to be of a type', `throw new ArgumentError(('bad-a' satisfies string)!, '');`, ['bad-a']],
    [
      'kept in a table',
      `const own = { a: 'bad-a', b: 'bad-b' }; throw new ArgumentError(own[x], '');`,
      ['bad-a', 'bad-b'],
    ],
    [
      'kept in rows',
      `for (const [, code] of [[1, 'bad-a'], [2, 'bad-b']]) throw new ArgumentError(code, '');`,
      ['bad-a', 'bad-b'],
    ],
    [
      'passed to a helper',
      `const bad = (code: string) => new ArgumentError(code, ''); throw bad('bad-a'); throw bad('bad-b');`,
      ['bad-a', 'bad-b'],
    ],
    [
      'passed by name',
      `function bad({ code }: Why) { throw new ArgumentError(code, ''); } bad({ code: 'bad-a' });`,
      ['bad-a'],
    ],
    [
      'passed by a short name',
      `function bad({ code }: Why) { throw new ArgumentError(code, ''); } const code = 'bad-a'; bad({ code });`,
      ['bad-a'],
    ],
    [
      'passed on by a function that calls itself',
      `function bad(code: string) { if (isDeep) bad(code); throw new ArgumentError(code, ''); } bad('bad-a');`,
      ['bad-a'],
    ],
    [
      'put together of what is passed, two calls below',
      `const inner = (name: string) => new ArgumentError(\`bad-\${name.replaceAll(' ', '-')}\`, '');
       const outer = (name: string) => inner(name);
       throw outer('a b');`,
      ['bad-a-b'],
    ],
    [
      'put together of names of a table',
      `for (const [name] of Object.entries({ a: 1, b })) throw new ArgumentError(\`bad-\${name}\`, '');`,
      ['bad-a', 'bad-b'],
    ],
    ['put together while it runs', `throw new ArgumentError(\`bad-\${kebab(name)}\`, '');`, ['bad-<kebab>']],
    ['a parameter that nobody passes', `export const bad = (why: string) => new ArgumentError(why, '');`, ['<why>']],
    [
      'of a class with a constructor of its own',
      `class Refusal extends BoomerangError {
         constructor(status: number, code: string) { super(code, ''); }
       }
       throw new Refusal(404, 'not-a');`,
      ['not-a'],
    ],
    ['of the class that all errors are', `throw new BoomerangError('bad-a', '');`, ['bad-a']],
    ['answered as a fault', `const fault = { code: 'bad-a', message: '' };`, ['bad-a']],
    ['answered by a short name', `const code = 'bad-a'; const fault = { code, message: '' };`, ['bad-a']],
    ['written to people', `stderr.write(\`error bad-a: \${message}\`);`, ['bad-a']],
  ];
  for (const [title, source, codes] of SOURCES) {
    it(`finds codes that are ${title}`, () => expect(found(source)).to.deep.equal(codes));
  }

  it('takes no code of an error for another one, nor errors without codes', () => {
    const again = `catch (cause) { throw new ArgumentError(cause.code, ''); }`;
    expect(found(`try { work(); } ${again}\nthrow new RangeError('bad-a');`)).to.deep.equal([]);
  });
});
