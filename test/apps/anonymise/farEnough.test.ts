import { expect } from 'chai';
import { isFarEnough } from '../../../src/apps/anonymise/farEnough.ts';

describe('whether a copy looks like a stranger', () => {
  const CASES: Readonly<Record<string, readonly [similarity: number, own: number, is: boolean]>> = {
    'less alike than the threshold, and others are nearer': [0.2, 3, true],
    'as alike as the threshold': [0.5, 3, false],
    'less alike, but its own original is the nearest of all the same': [0.2, 1, false],
    'nobody was found': [Number.NaN, Number.NaN, false],
  };
  for (const [title, [similarity, own, is]] of Object.entries(CASES)) {
    it(`${is ? 'it does' : 'it does not'} where ${title}`, () =>
      expect(isFarEnough(similarity, own, 0.5)).to.equal(is));
  }
});
