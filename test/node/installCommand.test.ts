import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { installCommand } from '../../src/node/installCommand.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';

describe('installCommand', () => {
  const path = scratchFolder();
  const NAME = '@tensorflow/tfjs-node';

  it('asks for a development dependency in a clone, since npm leaves out what is an optional peer there', () => {
    expect(installCommand(NAME, root)).to.equal(`npm install --save-dev ${NAME}`);
    expect(installCommand(NAME, `${root}/src/node`)).to.equal(`npm install --save-dev ${NAME}`);
  });

  it('is the plain one in any other project, below its folder, and where there is none', () => {
    expect(installCommand(NAME, path())).to.equal(`npm install ${NAME}`);
    for (const text of ['{ "dependencies": { "tfjs-boomerang": "0.1.0" } }', '{ "peerDependencies": {} }', 'no JSON']) {
      writeFileSync(path('package.json'), text);
      mkdirSync(path('deep'), { recursive: true });
      for (const folder of ['', 'deep']) expect(installCommand(NAME, path(folder))).to.equal(`npm install ${NAME}`);
    }
  });
});
