import { expect } from 'chai';
import { ArgumentError } from '../../../src/errors.ts';
import type { CopyFormat } from '../../../src/node/copies/formats.ts';
import { inOrder, type Naming, nameCopies, type Unnamed } from '../../../src/node/copies/names.ts';

const SALT = 'salt of the test';
const naming = (names: Naming['names'], isPeople = false, salt = SALT): Naming => ({ names, salt, isPeople });

/** Pictures at paths, of which the first folder is a part where it is called so. */
const at = (paths: readonly string[], format: CopyFormat = 'png', beside?: string): Unnamed[] =>
  paths.map((path, place) => {
    const isPart = path
      .split('/')
      .slice(0, -1)
      .map((name) => name === 'train' || name === 'test');
    return { place, format, file: { path, isPart, ...(beside === undefined ? {} : { beside }) } };
  });

const PEOPLE = ['train/anna/1.png', 'train/anna/2.png', 'train/bert/1.png', 'test/anna/3.png', 'test/carl/1.png'];
const PATHS = Array.from({ length: 40 }, (_, n) => `anna-${String(n).padStart(2, '0')}.png`);

const pathsOf = (pictures: readonly Unnamed[], how: Naming): ReadonlyMap<number, string> =>
  new Map(nameCopies(pictures, how).map(({ place, path }) => [place, path]));

describe('names of copies', () => {
  it('are those of the originals where they are kept', () => {
    expect([...pathsOf(at(PEOPLE), naming('keep', true)).values()]).to.deep.equal(PEOPLE);
  });

  it('are numbers without gaps, in an order that only the salt tells', () => {
    const named = pathsOf(at(PATHS), naming('number'));
    const all = PATHS.map((_, n) => `${String(n + 1).padStart(2, '0')}.png`);
    expect([...named.values()]).to.deep.equal(all);
    const order = [...named.keys()];
    expect(order).to.not.deep.equal(order.toSorted((a, b) => a - b));
    expect([...pathsOf(at(PATHS), naming('number')).keys()]).to.deep.equal(order);
    expect([...pathsOf(at(PATHS), naming('number', false, 'another salt')).keys()]).to.not.deep.equal(order);
  });

  it('are 16 digits of a keyed hash: the same with the salt, others with another', () => {
    const named = [...pathsOf(at(PATHS), naming('hash')).values()];
    for (const name of named) expect(name).to.match(/^[0-9a-f]{16}\.png$/);
    expect([...named].sort()).to.deep.equal(named);
    const some = pathsOf(at(PATHS).slice(5, 9), naming('hash'));
    for (const [place, name] of some) expect(pathsOf(at(PATHS), naming('hash')).get(place)).to.equal(name);
    const others = [...pathsOf(at(PATHS), naming('hash', false, 'another salt')).values()];
    expect(others.filter((name) => named.includes(name))).to.deep.equal([]);
    // HMAC-SHA256 by OpenSSL 3: printf 'file\0anna-00.png' | openssl dgst -sha256 -hmac 'salt of the test'
    expect(pathsOf(at(PATHS), naming('hash')).get(0)).to.equal('f64c169de0d04ed6.png');
  });

  for (const names of ['number', 'hash'] as const) {
    it(`hide people in folders, the same in all parts, and leave parts as they are: ${names}`, () => {
      const folders = [...pathsOf(at(PEOPLE), naming(names, true))].sort(([a], [b]) => a - b);
      const [anna, , bert, annaToo, carl] = folders.map(([, path]) => path.split('/').slice(0, 2));
      expect([anna?.[0], annaToo?.[0]]).to.deep.equal(['train', 'test']);
      expect(anna?.[1]).to.equal(annaToo?.[1]);
      expect(new Set([anna?.[1], bert?.[1], carl?.[1]]).size).to.equal(3);
      for (const [, path] of folders) expect(path).to.not.match(/anna|bert|carl/);
    });

    it(`leave classes as they are where folders are no people: ${names}`, () => {
      for (const [place, path] of pathsOf(at(PEOPLE), naming(names))) {
        expect(path.split('/').slice(0, -1)).to.deep.equal(PEOPLE[place]?.split('/').slice(0, -1));
      }
    });

    it(`go with the files of classes, which hide people as folders do: ${names}`, () => {
      const pictures = at(['shard/7.image.png'], 'png', 'anna');
      const [copy] = nameCopies(pictures, naming(names));
      expect(copy?.beside).to.deep.equal({ path: copy?.path.replace('.png', '.cls'), text: 'anna' });
      expect(nameCopies(pictures, naming(names, true))[0]?.beside?.text).to.match(/^([0-9a-f]{16}|\d)$/);
    });
  }

  it('of files of classes end where the kind of a file begins', () => {
    expect(nameCopies(at(['s/7.image.png'], 'png', 'x'), naming('keep'))[0]?.beside?.path).to.equal('s/7.cls');
  });

  it('end as their format does', () => {
    for (const [format, ending] of [
      ['jpeg', 'jpg'],
      ['tiff', 'tiff'],
      ['avif', 'avif'],
      ['webp', 'webp'],
    ] as const) {
      expect(pathsOf(at(['a/b.gif'], format), naming('keep')).get(0)).to.equal(`a/b.${ending}`);
      expect(pathsOf(at(['a/b.gif'], format), naming('number')).get(0)).to.equal(`a/1.${ending}`);
    }
    expect(pathsOf(at(['b.JPEG'], 'jpeg'), naming('keep')).get(0)).to.equal('b.JPEG');
    expect(pathsOf(at(['b.JPEG'], 'jpeg'), naming('number')).get(0)).to.equal('1.jpg');
  });

  it('stay apart where another ending would make two the same', () => {
    const pictures = at(['b.bmp', 'b.gif', 'b.png']);
    expect([...pathsOf(pictures, naming('keep')).values()]).to.deep.equal(['b-bmp.png', 'b-gif.png', 'b.png']);
    expect([...pathsOf(at(['b.bmp', 'b.gif']), naming('keep')).values()]).to.deep.equal(['b.png', 'b-gif.png']);
    expect(() => nameCopies(at(['b.bmp', 'b-bmp.png', 'b.png']), naming('keep')))
      .to.throw(ArgumentError, /b-bmp\.png/)
      .with.property('code', 'bad-names');
  });
});

describe('the order of copies', () => {
  it('is kept with names, and secret without', () => {
    const items = Array.from({ length: 30 }, (_, n) => n);
    expect(inOrder(items, String, naming('keep'))).to.deep.equal(items);
    for (const names of ['number', 'hash'] as const) {
      const order = inOrder(items, String, naming(names));
      expect(order).to.not.deep.equal(items);
      expect(order.toSorted((a, b) => a - b)).to.deep.equal(items);
      expect(inOrder(items, String, naming(names))).to.deep.equal(order);
      expect(inOrder(items, String, naming(names, false, 'another'))).to.not.deep.equal(order);
    }
  });
});
