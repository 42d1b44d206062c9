import { expect } from 'chai';
import { type Curve, readChoice, USUAL } from '../../src/studio/choice.ts';
import {
  CURVE_KINDS,
  curveFault,
  curveOf,
  type Drawing,
  drawingOf,
  drawnAs,
  stretched,
  valuesOf,
  withSteps,
} from '../../src/studio/drawing.ts';

const CURVES: readonly Curve[] = [
  0.3,
  ['ramp', 0.1, 0.4],
  ['cosine', 0.4, 0.1],
  ['cyclic', 0.1, 0.5, 6],
  ['stepwise', [0.1, 0.3, 0.2]],
  ['perEpoch', [0, 0.1, 0.4, 0.4, 0.1]],
  ['warmUp', 3, 0.5],
  ['warmUp', 2, ['cyclic', 0.2, 0.4, 4]],
];
const drawn = (curve: Curve): Drawing => drawingOf(curve) as Drawing;

describe('a drawing', () => {
  for (const curve of CURVES) {
    it(`of ${JSON.stringify(curve)} is exported as it came`, () => {
      expect(curveOf(drawn(curve))).to.deep.equal(curve);
    });
  }

  it('takes a constant that is written out, and writes it as a number', () => {
    expect(curveOf(drawn(['constant', 0.2]))).to.equal(0.2);
  });

  it('leaves alone what it cannot draw', () => {
    expect(drawingOf(['during', 2, 5, 0.3])).to.equal(undefined);
    expect(drawingOf(['warmUp', 2, ['during', 2, 5, 0.3]])).to.equal(undefined);
    expect(drawingOf(['warmUp', 2, ['warmUp', 3, 0.3]])).to.equal(undefined);
    expect(stretched(['during', 2, 5, 0.3], 10, 20)).to.deep.equal(['during', 2, 5, 0.3]);
  });

  for (const kind of CURVE_KINDS) {
    it(`becomes ${kind} from every other kind, as something that a choice may hold and that stays in bounds`, () => {
      for (const curve of CURVES) {
        for (const epochs of [1, 2, 7, 20]) {
          const strength = curveOf(drawnAs(drawn(curve), kind, epochs));
          expect(readChoice({ ...USUAL, schedule: { ...USUAL.schedule, epochs, strength } })).to.have.property(
            'schedule',
          );
          expect(curveFault(strength, epochs)).to.equal(undefined);
        }
      }
    });
  }

  it('keeps every value as free points, and the ends of a course as a ramp', () => {
    const cosine = drawn(['cosine', 0.1, 0.4]);
    const free = valuesOf(curveOf(drawnAs(cosine, 'perEpoch', 12)), 12);
    for (const [n, value] of valuesOf(['cosine', 0.1, 0.4], 12).entries()) expect(free[n]).to.be.closeTo(value, 6e-4);
    expect(curveOf(drawnAs(cosine, 'ramp', 12))).to.deep.equal(['ramp', 0.1, 0.4]);
  });

  it('keeps its warm-up when its kind changes', () => {
    expect(curveOf(drawnAs(drawn(['warmUp', 3, 0.5]), 'ramp', 12))).to.deep.equal(['warmUp', 3, ['ramp', 0.5, 0.5]]);
  });

  it('makes waves that can be seen even of a straight line', () => {
    expect(curveOf(drawnAs(drawn(0.4), 'cyclic', 20))).to.deep.equal(['cyclic', 0.2, 0.4, 5]);
  });

  it('takes and gives steps at its end', () => {
    expect(withSteps(drawn(['stepwise', [0.1, 0.3]]), 4).values).to.deep.equal([0.1, 0.3, 0.3, 0.3]);
    expect(withSteps(drawn(['stepwise', [0.1, 0.3, 0.2]]), 1).values).to.deep.equal([0.1]);
  });

  it('spreads free points over a run of another length', () => {
    expect(stretched(['perEpoch', [0, 0.2, 0.4]], 3, 5)).to.deep.equal(['perEpoch', [0, 0.1, 0.2, 0.3, 0.4]]);
    expect(stretched(['perEpoch', [0, 0.1, 0.2, 0.3, 0.4]], 5, 3)).to.deep.equal(['perEpoch', [0, 0.2, 0.4]]);
    expect(stretched(['perEpoch', [0.2, 0.4]], 2, 1)).to.deep.equal(['perEpoch', [0.2]]);
    expect(stretched(['perEpoch', [0.2, 0.4]], 4, 4)).to.deep.equal(['perEpoch', [0.2, 0.267, 0.333, 0.4]]);
  });

  it('shortens a warm-up and waves that are longer than the run, and leaves the rest alone', () => {
    expect(stretched(['cyclic', 0.1, 0.4, 12], 20, 5)).to.deep.equal(['cyclic', 0.1, 0.4, 5]);
    expect(stretched(['warmUp', 10, 0.5], 20, 5)).to.deep.equal(['warmUp', 4, 0.5]);
    expect(stretched(['ramp', 0.1, 0.4], 20, 5)).to.deep.equal(['ramp', 0.1, 0.4]);
  });

  it('says why a curve of a session cannot be followed', () => {
    expect(curveFault(['ramp', 0.1, 0.4], 5)).to.equal(undefined);
    expect(curveFault(['ramp', 0.1, 1.4], 5)).to.match(/between 0 and 1, got 1\.075/);
    expect(curveFault(['ramp', 'a', 'b'], 5)).to.match(/NaN/);
    expect(curveFault(['sine', 1], 5)).to.match(/no schedule/);
  });
});
