import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { lockFolder } from '../../src/node/folderLock.ts';
import { thisProcess } from '../../src/node/owner.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';

describe('a folder that is kept for a process', () => {
  const path = scratchFolder();
  const fileOf = (pid: number, host = thisProcess.host): string => `in-use-by.${host}-${pid}-0`;

  it('is refused to another one that asks, and free again when it is let go, with nothing left', async () => {
    const release = await lockFolder(path('out'), 'something goes');
    const error = await rejection(lockFolder(path('out'), 'something goes'));
    expect(error).to.be.instanceOf(EnvironmentError).with.property('code', 'in-use');
    await release();
    expect(existsSync(path('out'))).to.equal(false);
    await (await lockFolder(path('out'), 'something goes'))();
  });

  it('is refused while a process that runs has it, and taken over when that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    mkdirSync(path('out'));
    writeFileSync(path(`out/${fileOf(child.pid as number)}`), '');
    const error = await rejection(lockFolder(path('out'), 'something goes'));
    expect(error).to.have.property('code', 'in-use');
    expect(error.message).to.include(`process ${child.pid}`);
    expect(readdirSync(path('out'))).to.deep.equal([fileOf(child.pid as number)]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockFolder(path('out'), 'something goes'))();
  });

  it('is refused while a process of another machine may have it, and says which file to remove', async () => {
    mkdirSync(path('out'));
    writeFileSync(path(`out/${fileOf(12, '00000000')}`), '');
    const error = await rejection(lockFolder(path('out'), 'something goes'));
    expect(error.message).to.include(`remove ${path(`out/${fileOf(12, '00000000')}`)}`);
  });

  it('is had by one at most of many that ask at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(path('out'), 'something goes')));
    expect(asked.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1);
  });
});
