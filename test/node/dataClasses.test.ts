import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { classNames } from '../../src/node/data/classes.ts';
import { openImages } from '../../src/node/data/openImages.ts';
import { shuffled } from '../../src/random.ts';
import { scratchFolder } from '../support/scratch.ts';
import { tarOf, zipOf } from './dataArchives.ts';
import { pngsAt, writeFiles } from './dataFiles.ts';

const NAMES = ['10', '9', '09', '007', '7', '1e3', '0x10', '2.5', '-1', 'a', 'B', 'b', 'é', 'Infinity', 'NaN', '٣'];

describe('numbers of classes', () => {
  const path = scratchFolder();

  it('do not depend on the order of the names', () => {
    const expected = classNames(NAMES);
    expect(expected).to.have.length(NAMES.length);
    for (let n = 0; n < 200; n += 1) {
      expect(classNames(shuffled([...NAMES, ...NAMES], ['classes', n]))).to.deep.equal(expected);
    }
  });

  it('follow whole numbers by their value, then other names by their characters', () => {
    expect(classNames(['b', '10', '9', 'a', '09'])).to.deep.equal(['09', '9', '10', 'a', 'b']);
  });

  it('are equal in any archive and any order of files', async () => {
    const files = await pngsAt(['7', '10', 'a', '9b', '9', 'é', 'B', '-1'].map((name) => `${name}/0.png`));
    writeFiles((name) => path(`set/${name}`), files);
    const { classes } = await openImages(path('set'));
    for (let n = 0; n < 8; n += 1) {
      const order = Object.fromEntries(shuffled(Object.entries(files), ['files', n]));
      const packed = [tarOf(order), gzipSync(tarOf(order)), zipOf(order, 'stored')];
      for (const [k, bytes] of packed.entries()) {
        writeFileSync(path(`${k}`), bytes);
        expect((await openImages(path(`${k}`))).classes).to.deep.equal(classes);
      }
    }
  });

  it('do not depend on how a system writes accents', async () => {
    const [apart, together] = ['é'.normalize('NFD'), 'é'.normalize('NFC')];
    const labelled = async (name: string) => {
      writeFileSync(path('a.tar'), tarOf(await pngsAt([`z/0.png`, `${name}/0.png`])));
      return (await openImages(path('a.tar'))).classes;
    };
    expect(await labelled(apart)).to.deep.equal(await labelled(together));
  });
});
