import { expect } from 'chai';
import { type Frame, MARGINS, rounded, toPixels, toValues } from '../../src/studio/frame.ts';

const frame: Frame = { width: 400, height: 240, x: [0, 20], y: [-1, 1] };

describe('the frame of a drawing', () => {
  it('puts the ends of its axes into its corners', () => {
    expect(toPixels(frame, { x: 0, y: -1 })).to.deep.equal({ x: MARGINS.left, y: 240 - MARGINS.bottom });
    expect(toPixels(frame, { x: 20, y: 1 })).to.deep.equal({ x: 400 - MARGINS.right, y: MARGINS.top });
  });

  it('finds a value again at its pixel', () => {
    for (const point of [
      { x: 0, y: 0.3 },
      { x: 7.5, y: -1 },
      { x: 20, y: 1 },
    ]) {
      const { x, y } = toValues(frame, toPixels(frame, point));
      expect(x).to.be.closeTo(point.x, 1e-9);
      expect(y).to.be.closeTo(point.y, 1e-9);
    }
  });

  it('stays within its axes, wherever the pointer goes', () => {
    expect(toValues(frame, { x: -500, y: 1e6 })).to.deep.equal({ x: 0, y: -1 });
    expect(toValues(frame, { x: 1e6, y: -500 })).to.deep.equal({ x: 20, y: 1 });
  });

  it('rounds without the dust of binary fractions', () => {
    expect(rounded(0.1 + 0.2)).to.equal(0.3);
    expect(rounded(0.2347, 0.001)).to.equal(0.235);
  });
});
