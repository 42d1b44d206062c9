import { type link, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { openGraphFolder, placeGraph, weightHashes } from '../../src/node/onnx/graphFolder.ts';
import { linkOrCopy } from '../../src/node/onnx/place.ts';
import { findOnDisk, hashFile } from '../../src/node/onnx/weightsOnDisk.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

const BYTES = new TextEncoder().encode('a graph');

describe('a folder for graphs', () => {
  const path = scratchFolder();
  const weights = () => findOnDisk({ path: 'weights', promised: [] }, path);
  const open = async () => openGraphFolder([await weights()], path('cache'));

  beforeEach(() => writeFile(path('weights'), 'some weights'));

  it('names the weights without copying them', async () => {
    const folder = await open();
    const [own, named] = [await stat(path('weights')), await stat(join(folder.path, '0.safetensors'))];
    expect([named.ino, named.size]).to.deep.equal([own.ino, own.size]);
    expect(own.nlink).to.equal(2);
  });

  it('is the same for the same weights, and writes nothing twice', async () => {
    const first = await placeGraph(await open(), BYTES);
    const before = (await stat(first)).mtimeMs;
    expect(await placeGraph(await open(), BYTES)).to.equal(first);
    expect((await stat(first)).mtimeMs).to.equal(before);
    expect(await readdir((await open()).path)).to.have.members(['0.safetensors', first.split('/').at(-1)]);
  });

  it('gives another graph another name', async () => {
    const folder = await open();
    const [a, b] = [await placeGraph(folder, BYTES), await placeGraph(folder, BYTES.slice(1))];
    expect(a).to.not.equal(b);
    expect(new Uint8Array(await readFile(a))).to.deep.equal(BYTES);
  });

  it('writes a damaged graph anew', async () => {
    const graph = await placeGraph(await open(), BYTES);
    for (const damage of [() => truncate(graph, 3), () => writeFile(graph, 'b graph')]) {
      await damage();
      expect(await placeGraph(await open(), BYTES)).to.equal(graph);
      expect(new Uint8Array(await readFile(graph))).to.deep.equal(BYTES);
    }
  });

  it('is another one when the weights have changed, and the old one goes', async () => {
    const before = await open();
    await placeGraph(before, BYTES);
    await writeFile(path('weights'), 'other weight');
    await utimes(path('weights'), 1e9, 1e9);
    const after = await open();
    expect(after.path).to.not.equal(before.path);
    expect(await readdir(path('cache'))).to.deep.equal([after.path.split('/').at(-1)]);
    expect(await weightHashes(after)).to.deep.equal([await hashFile(path('weights'))]);
  });

  it('leaves the graphs of other weights alone', async () => {
    const first = await open();
    await writeFile(path('others'), 'some weights');
    await openGraphFolder([await findOnDisk({ path: 'others', promised: [] }, path)], path('cache'));
    expect((await stat(first.path)).isDirectory()).to.equal(true);
  });

  it('reads the weights once for their hash, and again when what it remembers is damaged', async () => {
    const folder = await open();
    const hash = await hashFile(path('weights'));
    expect(await weightHashes(folder)).to.deep.equal([hash]);
    const unread = { ...folder, files: [{ ...(await weights()), file: path('absent') }] };
    expect(await weightHashes(unread)).to.deep.equal([hash]);
    for (const damage of ['', '[]', '["ab"]', '{']) {
      await writeFile(join(folder.path, 'hashes.json'), damage);
      expect(await weightHashes(folder), damage).to.deep.equal([hash]);
    }
  });

  it('mends names of weights that are gone or cut off', async () => {
    const { path: folder } = await open();
    const named = join(folder, '0.safetensors');
    for (const damage of [() => rm(named), () => rm(named).then(() => writeFile(named, 'some'))]) {
      await damage();
      await open();
      expect(await readFile(named, 'utf8')).to.equal('some weights');
    }
  });

  it('serves many who come at once', async () => {
    const graphs = await Promise.all(Array.from({ length: 8 }, async () => placeGraph(await open(), BYTES)));
    expect(new Set(graphs).size).to.equal(1);
    expect(await readdir((await open()).path)).to.have.length(2); // no temporary file is left
  });

  it('says which folder cannot be written and what to do', async () => {
    await mkdir(path('cache'), { recursive: true });
    await writeFile(path('file'), '');
    const error = await rejection(openGraphFolder([await weights()], path('file')));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'no-cache-folder');
    expect(error.message).to.include(path('file')).and.include('XDG_CACHE_HOME');
  });
});

describe('linkOrCopy', () => {
  const path = scratchFolder();
  const failing = (code: string): typeof link =>
    (async () => {
      throw Object.assign(new Error(code), { code });
    }) as typeof link;

  it('copies, with the time, where there are no hard links between two places', async () => {
    await writeFile(path('weights'), 'some weights');
    await utimes(path('weights'), 1.5e9, 1.5e9);
    await linkOrCopy(path('weights'), path('copy'), failing('EXDEV'));
    const [own, copy] = [await stat(path('weights')), await stat(path('copy'))];
    expect(await readFile(path('copy'), 'utf8')).to.equal('some weights');
    expect(copy.ino).to.not.equal(own.ino);
    expect(copy.mtimeMs).to.be.closeTo(own.mtimeMs, 1);
  });

  it('fails, and leaves nothing behind, for another reason', async () => {
    await writeFile(path('weights'), '');
    const error = await rejection(linkOrCopy(path('weights'), path('copy'), failing('ENOSPC')));
    expect(error).to.have.property('code', 'no-cache-folder');
    expect(await readdir(path())).to.deep.equal(['weights']);
  });
});
