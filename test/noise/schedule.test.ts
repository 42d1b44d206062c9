import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas } from '../../src/noise/betas.ts';
import { positionAt, sigmaAtPosition } from '../../src/noise/position.ts';
import {
  alphaBarOf,
  noiseSchedule,
  sigmaAt,
  sigmaOf,
  sigmaOfSnrDb,
  snrDbOf,
  timestepAt,
} from '../../src/noise/schedule.ts';

const SCHEDULES = { linear: linearBetas(1000), cosine: cosineBetas(1000), short: linearBetas(2) };

for (const [name, betas] of Object.entries(SCHEDULES)) {
  describe(`a ${name} schedule`, () => {
    const schedule = noiseSchedule(alphaBarTable(betas));
    const last = betas.length - 1;

    it('gives whole timesteps the sigma of the table, and them back', () => {
      schedule.alphaBar.forEach((alphaBar, t) => {
        expect(sigmaAt(schedule, t)).to.equal(sigmaOf(alphaBar));
        expect(timestepAt(schedule, sigmaAt(schedule, t))).to.equal(t);
      });
    });

    it('interpolates sigma between timesteps, and inverts that', () => {
      for (const t of [0.001, 0.25, 0.999, 0.5 * last, last - 0.3].filter((t) => t > 0 && t < last)) {
        const [low, high] = [sigmaAt(schedule, Math.floor(t)), sigmaAt(schedule, Math.ceil(t))];
        if (!Number.isInteger(t))
          expect(sigmaAt(schedule, t)).to.be.closeTo(low + (t % 1) * (high - low), 1e-12 * high);
        expect(timestepAt(schedule, sigmaAt(schedule, t))).to.be.closeTo(t, 1e-9);
      }
    });

    it('takes levels outside of the table for its ends', () => {
      expect(timestepAt(schedule, 0)).to.equal(0);
      expect(timestepAt(schedule, 1e9)).to.equal(last);
      expect(sigmaAt(schedule, -1)).to.equal(sigmaAt(schedule, 0));
      expect(sigmaAt(schedule, last + 1)).to.equal(sigmaAt(schedule, last));
    });

    it('has one position for every level above 0, which is the timestep from 1 on', () => {
      for (const position of [0, 1e-6, 0.003, 0.5, 1, 0.7 * last, last].filter((p) => p <= last)) {
        const sigma = sigmaAtPosition(schedule, position);
        expect(positionAt(schedule, sigma)).to.be.closeTo(position, 1e-9);
        if (position >= 1) expect(sigma).to.equal(sigmaAt(schedule, position));
      }
    });
  });
}

describe('units of noise', () => {
  it('lead into each other', () => {
    for (const sigma of [0.01, 1, 14.6]) {
      expect(sigmaOf(alphaBarOf(sigma))).to.be.closeTo(sigma, 1e-12 * sigma ** 3 + 1e-12);
      expect(sigmaOfSnrDb(snrDbOf(sigma))).to.be.closeTo(sigma, 1e-12);
    }
    expect(alphaBarOf(1)).to.equal(0.5);
    expect(snrDbOf(0.1)).to.be.closeTo(20, 1e-12);
  });
});

describe('a schedule', () => {
  for (const alphaBar of [[0.9], [0.9, 0.9], [0.5, 0.6], [1.1, 0.5], [0.9, 0], [0.9, Number.NaN], [Number.NaN, 0.5]]) {
    it(`refuses [${alphaBar}]`, () => {
      expect(() => noiseSchedule(alphaBar))
        .to.throw(ArgumentError)
        .with.property('code', 'bad-schedule');
    });
  }
});
