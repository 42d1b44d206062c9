import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { keyTable } from '../../../src/node/runs/readBack/keyTable.ts';

const keyOf = (what: string): string => createHash('sha256').update(what).digest('hex').slice(0, 32);

describe('what images are called', () => {
  for (const count of [1, 2, 3, 1000]) {
    it(`is found for each of ${count}, by either of its names`, () => {
      const table = keyTable(count);
      for (let n = count - 1; n >= 0; n -= 1) table.add(n, keyOf(`int ${n}`), keyOf(`float ${n}`));
      for (let n = 0; n < count; n += 1) {
        expect(table.keyAt(n)).to.equal(keyOf(`int ${n}`));
        expect(table.find(keyOf(`int ${n}`))).to.deep.equal([n]);
        expect(table.find(keyOf(`float ${n}`))).to.deep.equal([n]);
      }
      expect(table.find(keyOf('another'))).to.deep.equal([]);
    });
  }

  it('is found for equal images, and for names that only begin alike', () => {
    const table = keyTable(4);
    const key = keyOf('a');
    const alike = key.slice(0, 20) + keyOf('b').slice(20);
    table.add(0, key, keyOf('c'));
    table.add(2, key, keyOf('c'));
    table.add(3, alike, keyOf('d'));
    expect(table.find(key)).to.deep.equal([0, 2, 3]);
    expect(table.keyAt(1)).to.equal(undefined);
  });

  it('is nothing that was named by somebody else', () => {
    const table = keyTable(2);
    table.add(0, keyOf('a'), keyOf('b'));
    expect(table.find('my image')).to.deep.equal([]);
  });

  it('stays what it was first, and may be asked before all are there', () => {
    const table = keyTable(3);
    table.add(1, keyOf('a'), keyOf('b'));
    expect(table.find(keyOf('a'))).to.deep.equal([1]);
    table.add(0, keyOf('c'), keyOf('d'));
    table.add(0, keyOf('e'), keyOf('f'));
    expect([table.find(keyOf('c')), table.find(keyOf('e')), table.find(keyOf('a'))]).to.deep.equal([[0], [], [1]]);
  });
});
