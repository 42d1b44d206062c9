import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { adaptive } from '../../src/schedules/adaptive.ts';
import {
  configOf,
  constant,
  cosine,
  cyclic,
  during,
  perEpoch,
  pointAt,
  ramp,
  type Schedule,
  scheduleFrom,
  stepwise,
  valueAt,
  warmUp,
} from '../../src/schedules/schedules.ts';
import { byClass, type ImagePoint, type Strength, strengthOf } from '../../src/schedules/strength.ts';

const over = (schedule: number | Schedule, epochs: number): number[] =>
  Array.from({ length: epochs }, (_, epoch) => Math.round(1e6 * valueAt(schedule, pointAt(epoch, epochs))) / 1e6);

describe('strength schedules', () => {
  const cases: [string, Schedule, number[]][] = [
    ['constant', constant(0.3), [0.3, 0.3, 0.3, 0.3, 0.3]],
    ['ramp', ramp(0.1, 0.5), [0.1, 0.2, 0.3, 0.4, 0.5]],
    ['cosine', cosine(0, 1), [0, 0.146447, 0.5, 0.853553, 1]],
    ['stepwise', stepwise([0.1, 0.2]), [0.1, 0.1, 0.2, 0.2, 0.2]],
    ['perEpoch', perEpoch([0.3, 0.1]), [0.3, 0.1, 0.1, 0.1, 0.1]],
    ['cyclic', cyclic(0, 1, 4), [0, 0.5, 1, 0.5, 0]],
    ['warmUp', warmUp(2, 0.4), [0, 0.2, 0.4, 0.4, 0.4]],
    ['during', during(1, 3, ramp(0, 1)), [0, 0.25, 0.5, 0, 0]],
  ];
  for (const [name, schedule, values] of cases) {
    it(`${name} has its values over five epochs`, () => expect(over(schedule, 5)).to.deep.equal(values));

    it(`${name} comes back from its config`, () => {
      const config = JSON.parse(JSON.stringify(configOf(schedule)));
      expect(over(scheduleFrom(config), 5)).to.deep.equal(values);
    });
  }

  it('stay at their end after the last epoch, and at their start in a run of one', () => {
    expect(valueAt(ramp(0.1, 0.5), pointAt(9, 5))).to.equal(0.5);
    expect(valueAt(ramp(0.1, 0.5), pointAt(0, 1))).to.equal(0.1);
  });

  it('are refused where they say nothing', () => {
    const bad: (() => unknown)[] = [
      () => stepwise([]),
      () => perEpoch([]),
      () => cyclic(0, 1, 1),
      () => warmUp(0, 1),
      () => scheduleFrom(['spiral', 1]),
      () => scheduleFrom({}),
    ];
    for (const make of bad) expect(make).to.throw(ArgumentError);
  });

  it('is refused where a number is absent: it would give strengths that are none', () => {
    for (const config of [['ramp', 0.1], ['constant'], ['cosine', 0.1], ['warmUp', 2, ['ramp', 0.1]]]) {
      expect(() => scheduleFrom(config), JSON.stringify(config)).to.throw(/needs finite numbers, got undefined/);
    }
  });
});

describe('adaptive', () => {
  it('rises while the measure is above the target, falls while it is below, within its bounds', async () => {
    let gap = 0.5;
    const strength = adaptive({ target: 0.1, measure: () => gap, start: 0.2, step: 0.1, most: 0.4 });
    const seen: number[] = [];
    for (let epoch = 0; epoch < 6; epoch += 1) {
      if (epoch === 3) gap = 0;
      await strength.adapt(epoch, {});
      seen.push(Math.round(strength.value() * 10) / 10);
    }
    expect(seen).to.deep.equal([0.3, 0.4, 0.4, 0.3, 0.2, 0.1]);
    gap = 0.1;
    await strength.adapt(6, {});
    expect(strength.value()).to.be.closeTo(0.1, 1e-12);
  });

  it('refuses a measure that is no number, and options that contradict each other', async () => {
    const broken = adaptive({ target: 1, measure: () => Number.NaN });
    let caught: unknown;
    await broken.adapt(3, {}).catch((error) => {
      caught = error;
    });
    expect(caught).to.be.instanceOf(ArgumentError).with.property('message').that.includes('epoch 3');
    expect(() => adaptive({ target: Number.NaN, measure: () => 0 })).to.throw(ArgumentError, /NaN/);
    expect(() => adaptive({ target: 0, measure: () => 0, start: 2 })).to.throw(ArgumentError, /2/);
    expect(() => adaptive({ target: 0, measure: () => 0, step: 0 })).to.throw(ArgumentError, /step/);
  });
});

describe('the strength of an image', () => {
  const at = (label?: number): ImagePoint => ({ ...pointAt(1, 3), element: 0, label });
  const draw = (strength: Strength, n: number): unknown => strengthOf(strength, at(), ['test', n]);

  it('is drawn evenly from a range, and from a list, by address', () => {
    const many = Array.from({ length: 2000 }, (_, n) => draw({ from: 0.2, to: 0.6 }, n) as number);
    expect(Math.min(...many)).to.be.within(0.2, 0.21);
    expect(Math.max(...many)).to.be.within(0.59, 0.6);
    const mean = many.reduce((sum, one) => sum + one, 0) / 2000;
    expect(mean).to.be.closeTo(0.4, (5 * 0.4) / Math.sqrt(12 * 2000));
    const listed = Array.from({ length: 3000 }, (_, n) => draw([0.25, 0.5, 0.75], n));
    for (const value of [0.25, 0.5, 0.75]) {
      const share = listed.filter((one) => one === value).length / 3000;
      expect(share).to.be.closeTo(1 / 3, (5 * Math.sqrt(2 / 9)) / Math.sqrt(3000));
    }
    expect(draw([0.25, 0.5, 0.75], 7)).to.equal(draw([0.25, 0.5, 0.75], 7));
  });

  it('follows its class, and needs to know it', () => {
    const strength = byClass({ 3: 0.1, 5: ramp(0, 1) }, 0.7);
    expect(strengthOf(strength, at(3), [])).to.equal(0.1);
    expect(strengthOf(strength, at(5), [])).to.equal(0.5);
    expect(strengthOf(strength, at(4), [])).to.equal(0.7);
    expect(() => strengthOf(strength, at(), [])).to.throw(ArgumentError, /labels/);
  });

  it('may be a function of the element, in any unit', () => {
    const strength = (progress: number, { element }: ImagePoint) => ({
      timestep: 100 + progress * (element as number),
    });
    expect(strengthOf(strength, { ...at(), element: 50 }, [])).to.deep.equal({ timestep: 125 });
  });

  it('is refused where there is nothing to draw from', () => {
    expect(() => draw([], 0)).to.throw(ArgumentError, /empty/);
    expect(() => draw({ from: 0.6, to: 0.2 }, 0)).to.throw(ArgumentError, /0\.6/);
  });
});
