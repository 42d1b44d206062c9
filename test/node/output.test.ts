import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkWritable, removeUnfinished, writeWhole } from '../../src/node/output.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describe('checkWritable', () => {
  const path = scratchFolder();

  it('leaves nothing behind, however many ask at once', async () => {
    await Promise.all(['a', 'b', 'new/c', 'new/folder/d'].map((name) => checkWritable(path(name))));
    expect(readdirSync(path())).to.deep.equal([]);
  });

  it('finds a folder that says it can be written, and cannot', async function () {
    if (!existsSync('/proc/self')) this.skip();
    expect(await rejection(checkWritable('/proc/new.png'))).to.have.property('code', 'bad-output');
  });

  it('refuses no name at all, and the name of a folder', async () => {
    mkdirSync(path('folder'));
    for (const name of ['', path('folder')]) {
      expect(await rejection(checkWritable(name))).to.have.property('code', 'bad-output');
    }
  });
});

describe('writeWhole', () => {
  const path = scratchFolder();
  const bytes = new TextEncoder().encode('new');

  it('puts a whole file in the place of another', async () => {
    writeFileSync(path('a'), 'earlier');
    await writeWhole(path('a'), bytes);
    expect(readFileSync(path('a'), 'utf8')).to.equal('new');
    expect(readdirSync(path())).to.deep.equal(['a']);
  });

  it('leaves what was there when it fails, and nothing of its own', async () => {
    mkdirSync(path('a'));
    expect(await rejection(writeWhole(path('a'), bytes))).to.have.property('code', 'bad-output');
    expect(readdirSync(path())).to.deep.equal(['a']);
  });

  it('leaves nothing of its own when the process ends before it is whole', async () => {
    writeFileSync(path('a'), 'earlier');
    const writing = rejection(writeWhole(path('a'), new Uint8Array(2 ** 26)));
    while (readdirSync(path()).length < 2) await new Promise((done) => setImmediate(done));
    removeUnfinished();
    expect(readdirSync(path())).to.deep.equal(['a']);
    expect(await writing).to.have.property('code', 'bad-output');
    expect(readFileSync(path('a'), 'utf8')).to.equal('earlier');
  });
});
