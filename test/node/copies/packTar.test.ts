import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { list } from 'tar';
import { packTar } from '../../../src/node/copies/packTar.ts';
import { scratchFolder } from '../../support/scratch.ts';

describe('packTar', () => {
  const path = scratchFolder();

  it('keeps names of any length and letters, and contents of any length', async () => {
    const names = ['a.png', `${'long-'.repeat(60)}.png`, `${'deep/'.repeat(60)}a.png`, 'Zürich/雪.png'];
    const files = [0, 1, 511, 512].map((size, n) => ({
      path: names[n] as string,
      content: new Uint8Array(size).fill(7),
    }));
    const parts: Uint8Array[] = [];
    for await (const part of packTar(files)) parts.push(part);
    writeFileSync(path('a.tar'), Buffer.concat(parts));
    const found: [string, number, number | undefined][] = [];
    await list({
      file: path('a.tar'),
      strict: true,
      onReadEntry: (entry) => found.push([entry.path, entry.size, entry.mtime?.getTime()]),
    });
    expect(found).to.deep.equal(files.map((file) => [file.path, file.content.length, Date.UTC(1980, 0, 1)]));
  });
});
