import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { openImages } from '../../../src/node/data/openImages.ts';
import type { FormatName } from '../../../src/node/runs/format.ts';
import { classFolder } from '../../../src/node/runs/formats/classFolder.ts';
import { formatOf } from '../../../src/node/runs/formats/index.ts';
import { gaussianModel } from '../../support/gaussianModel.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { grey, runOf } from './drawn.ts';
import { makeRun } from './madeRun.ts';
import { type Kind, samplesOf, shard } from './samples.ts';

describe('files of runs, read as a data set', () => {
  const scratch = scratchFolder();

  const lay = async (format: FormatName, kind: Kind): Promise<readonly string[]> => {
    const { files } = await formatOf(format).lay(shard, samplesOf(kind));
    return files.map(({ name, bytes }) => {
      mkdirSync(dirname(scratch(name)), { recursive: true });
      writeFileSync(scratch(name), bytes);
      return scratch(name);
    });
  };

  it('a tar is a data set whose classes are their numbers', async () => {
    const [tar = ''] = await lay('webdataset', { channels: 3 });
    const images = await openImages(tar);
    expect(images.classes).to.deep.equal(['0', '2', '4']);
    expect(images.labels).to.deep.equal([0, 1, 2]);
    expect([...images.bytes]).to.deep.equal(samplesOf({ channels: 3 }).flatMap(({ pixels }) => [...pixels]));
  });

  it('a tar of pairs is a data set of both', async () => {
    const [tar = ''] = await lay('webdataset', { channels: 1, pair: true });
    const images = await openImages(tar);
    expect(images.labels).to.deep.equal([0, 0, 1, 1, 2, 2]);
  });

  it('folders are classes by their names', async () => {
    await lay('folder', { channels: 1 });
    const images = await openImages(scratch());
    expect(images.classes).to.deep.equal(['Bäume%2Falle', 'ash', 'oak']);
    expect(images.labels).to.deep.equal([0, 1, 2]);
  });

  for (const pair of [false, true]) {
    it(`joined IDX files are a data set, ${pair ? 'pairs too' : 'as they are'}`, async () => {
      const augment = pair ? { mode: 'pair' as const } : {};
      const { dest } = await makeRun(scratch, { given: grey, model: gaussianModel(), ...runOf(augment, 'idx') });
      const images = await openImages(join(dest, 'images-idx3-ubyte'));
      expect([images.count, images.imageShape]).to.deep.equal([12, [4, 4, 1]]);
      expect(images.classes).to.deep.equal(['0', '1']);
      expect(images.labels).to.deep.equal([0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1]);
      if (pair) expect(readFileSync(join(dest, 'clean-images-idx3-ubyte'))).to.have.length(16 + 12 * 16);
    });
  }
});

describe('a folder of a class', () => {
  it('is its name, but for what no folder is called', () => {
    const plain = ['ash', 'Bäume', 'a b', 'n02085620-Chihuahua', '雪'];
    expect(plain.map(classFolder)).to.deep.equal(plain);
    expect(['a/b', '..', 'a.', 'con', 'con.x', '50%', '~a', 'a\\nb', 'x:y'].map(classFolder)).to.deep.equal([
      'a%2Fb',
      '%2E%2E',
      'a%2E',
      '%63on',
      '%63on.x',
      '50%25',
      '%7Ea',
      'a%5Cnb',
      'x%3Ay',
    ]);
  });

  it('is another one for another class, however long', () => {
    const long = ['x'.repeat(300), 'x'.repeat(301), '', 'x'];
    expect(new Set(long.map(classFolder))).to.have.property('size', 4);
    for (const name of long.map(classFolder)) expect(name.length).to.be.within(1, 200);
  });
});
