import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { CheckpointError } from '../../src/errors.ts';
import { openFolder } from '../../src/node/folder.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describe('openFolder', () => {
  const path = scratchFolder();

  it('reads files of a folder, also in folders within', async () => {
    mkdirSync(path('unet'));
    writeFileSync(path('unet/config.json'), '{}');
    const folder = await openFolder(path());
    expect(folder.name).to.equal(path());
    expect(new TextDecoder().decode(await folder.read('unet/config.json'))).to.equal('{}');
    expect(await folder.exists('unet/config.json')).to.equal(true);
  });

  it('knows what is not a file', async () => {
    mkdirSync(path('unet'));
    const folder = await openFolder(path());
    expect(await folder.exists('unet')).to.equal(false);
    expect(await folder.exists('absent')).to.equal(false);
    const error = await rejection(folder.read('absent'));
    expect(error).to.have.property('code', 'no-such-file');
    expect(error.message).to.match(/absent: it is not there; fetch the whole folder/);
    expect((await rejection(folder.read('unet'))).message).to.match(/unet.*EISDIR.*; let this user read it$/);
  });

  it('refuses a folder that is not there, and a file', async () => {
    writeFileSync(path('file'), '');
    for (const name of ['absent', 'file', 'file/deeper']) {
      const error = await rejection(openFolder(path(name)));
      expect(error).to.be.an.instanceOf(CheckpointError).with.property('code', 'no-such-model');
      expect(error.message).to.include(path(name));
    }
  });
});
