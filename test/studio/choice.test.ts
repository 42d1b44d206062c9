import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { readChoice, USUAL } from '../../src/studio/choice.ts';

const adapting = (step: number) => ({ ...USUAL, schedule: { ...USUAL.schedule, adaptive: { target: 0.9, step } } });

describe('a choice', () => {
  it('has a step by which what adapts moves: one of 0 is refused here, and not first by the export', () => {
    expect(readChoice(adapting(0.001))).to.deep.equal(adapting(0.001));
    for (const step of [0, -0.1, 1.5]) {
      expect(() => readChoice(adapting(step)))
        .to.throw(ArgumentError, /schedule\.adaptive\.step is not as the studio writes it/)
        .with.property('code', 'bad-choice');
    }
  });
});
