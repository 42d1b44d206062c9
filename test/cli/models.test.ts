import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isHubName, shippedName } from '../../src/models/place.ts';
import { KNOWN_MODELS } from '../../src/node/knownModels.ts';
import { runInProcess } from '../support/cli.ts';
import { root } from '../support/shared.ts';

describe('boomerang models', () => {
  it('lists each with its licence, its size, its cost and what was checked', async () => {
    const { stdout, status } = await runInProcess(['models']);
    expect(status).to.equal(0);
    for (const { place, licence } of KNOWN_MODELS) expect(stdout).to.include(place).and.include(licence);
    expect(stdout).to.include('never fetched');
    const printed = await runInProcess(['models', '--json']);
    expect(JSON.parse(printed.stdout)).to.deep.equal(KNOWN_MODELS);
  });

  for (const { place, bytes } of KNOWN_MODELS) {
    it(`${place} is a name that loadModel understands`, () => {
      const name = shippedName(place);
      expect(isHubName(place) || name !== undefined).to.equal(true);
      if (name === undefined) expect(bytes).to.be.above(0);
      else expect(existsSync(join(root, 'models', name, 'samples.png'))).to.equal(true);
    });
  }
});
