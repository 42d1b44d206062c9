import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expect } from 'chai';
import { checkOutput } from '../../../src/node/copies/output.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';

describe('the place of copies', () => {
  const path = scratchFolder();
  const codeOf = async (output: string, input = path('in')): Promise<string | undefined> => {
    const error = await rejection(checkOutput(output, input));
    expect(error.message).to.not.include('\n');
    return error.code;
  };
  beforeEach(() => {
    mkdirSync(path('in/deeper'), { recursive: true });
    writeFileSync(path('in/a.png'), 'x');
  });

  it('may be new, empty, beside, or of a name that only begins alike', async () => {
    mkdirSync(path('empty'));
    for (const name of ['out', 'empty', 'new/folders/out', 'in-copies', 'in/../out'])
      await checkOutput(path(name), path('in'));
    await checkOutput(relative(process.cwd(), path('out')), path('in'));
    await checkOutput(path('in/out'), path('in/a.png'));
    expect(readdirSync(path()).sort(), 'asking makes nothing').to.deep.equal(['empty', 'in']);
  });

  it('is never in the originals, nor they in it', async () => {
    for (const name of ['in', 'in/', 'in/out', 'in/deeper', 'in/deeper/new/out', 'out/../in/x', '..']) {
      expect(await codeOf(path(name)), name).to.equal('output-in-input');
    }
    expect(await codeOf(path(), path('in/a.png'))).to.equal('output-in-input');
  });

  it('is never where the originals are by way of links', async () => {
    symlinkSync(path('in'), path('link'));
    mkdirSync(path('elsewhere'));
    symlinkSync(path('in/deeper'), path('elsewhere/link'));
    for (const name of ['link', 'link/out', 'elsewhere/link/out']) {
      expect(await codeOf(path(name)), name).to.equal('output-in-input');
    }
    expect(await codeOf(path('in/out'), path('link'))).to.equal('output-in-input');
  });

  it('does not collect copies among the originals on the way', async () => {
    mkdirSync(path('set.part'));
    expect(await codeOf(path('set'), path('set.part'))).to.equal('output-in-input');
  });

  it('is never over something that is there', async () => {
    mkdirSync(path('full'));
    writeFileSync(path('full/a'), 'x');
    writeFileSync(path('file'), 'x');
    for (const name of ['full', 'file']) expect(await codeOf(path(name)), name).to.equal('output-exists');
  });

  it('is a folder for archives too', async () => {
    for (const name of ['out.tar', 'out.tgz', 'out.tar.gz', 'out.zip'])
      expect(await codeOf(path(name))).to.equal('bad-output');
  });
});
