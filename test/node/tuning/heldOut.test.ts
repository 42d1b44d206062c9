import { expect } from 'chai';
import { holdOut } from '../../../src/node/tuning/heldOut.ts';

describe('what is held out of the training images', () => {
  it('holds out a tenth, always the same and apart from the rest', () => {
    const { training, validation } = holdOut(200);
    expect(validation).to.have.lengthOf(20);
    expect([...training, ...validation].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 200 }, (_, n) => n));
    expect(holdOut(200)).to.deep.equal({ training, validation });
    expect(validation.filter((place) => place < 100).length).to.be.within(3, 17); // not the first or the last
    expect(holdOut(100_000).validation).to.have.lengthOf(5000);
  });
});
