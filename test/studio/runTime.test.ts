import { expect } from 'chai';
import { USUAL } from '../../src/studio/choice.ts';
import { curveFault } from '../../src/studio/drawing.ts';
import { presetsFor } from '../../src/studio/presets.ts';
import { runTimeOf, secondsAt, timeText } from '../../src/studio/runTime.ts';

const measured = [
  { strength: 0.2, secondsPerVariant: 0.01 },
  { strength: 0.4, secondsPerVariant: 0.03 },
];
const schedule = { ...USUAL.schedule, epochs: 10, strength: 0.2, probability: 0.5 };

describe('the time of a run', () => {
  it('is on lines between the strengths that were measured', () => {
    expect(secondsAt(measured, 0.3)).to.be.closeTo(0.02, 1e-12);
    expect(secondsAt(measured, 0.1)).to.equal(0.01);
    expect(secondsAt(measured, 0.9)).to.equal(0.03);
    expect(secondsAt([], 0.3)).to.be.NaN;
  });

  it('counts an image with the probability of every epoch', () => {
    expect(runTimeOf(schedule, 100, measured)).to.deep.equal({ variants: 500, seconds: 5, isOnce: false });
    const rising = { ...schedule, probability: ['ramp', 0, 1] };
    expect(runTimeOf(rising, 100, measured).variants).to.be.closeTo(500, 1e-9);
  });

  it('counts nothing for epochs that do not throw', () => {
    const late = { ...schedule, strength: ['during', 5, 10, 0.2] };
    expect(runTimeOf(late, 100, measured)).to.include({ variants: 250, seconds: 2.5 });
  });

  it('makes the variants of a bank once, at the strength of the first epoch', () => {
    const banked = { ...schedule, strength: ['ramp', 0.4, 0.2], bank: 3 };
    expect(runTimeOf(banked, 100, measured)).to.deep.equal({ variants: 300, seconds: 9, isOnce: true });
    expect(runTimeOf({ ...banked, strength: ['warmUp', 2, 0.4] }, 100, measured).variants).to.equal(0);
  });

  it('is told in a unit that can be felt', () => {
    const said = [0.2, 1, 40, 720, 12_600, 181_440].map(timeText);
    expect(said).to.deep.equal(['less than a second', '1 s', '40 s', '12 min', '3.5 h', '2.1 days']);
  });
});

describe('schedules to begin with', () => {
  it('keep to the useful band, whatever the length of the run', () => {
    for (const epochs of [1, 2, 3, 20, 500]) {
      for (const { name, schedule } of presetsFor(epochs, [0.123, 0.456])) {
        expect(curveFault(schedule.strength, epochs), `${name} of ${epochs}`).to.equal(undefined);
        expect(JSON.stringify(schedule.strength)).to.match(/0\.12|0\.46|0\.29/);
      }
    }
  });

  it('change images in every run, so there is no warm-up of a single epoch', () => {
    expect(presetsFor(1).map(({ name }) => name)).to.not.include('Warm-up');
  });
});
