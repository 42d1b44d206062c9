import { expect } from 'chai';
import type { Curve } from '../../src/studio/choice.ts';
import { curveOf, type Drawing, drawingOf, drawnAs, valuesOf } from '../../src/studio/drawing.ts';
import { type Handle, handlesOf, painted, warmUpHandle } from '../../src/studio/handles.ts';

const drawn = (curve: Curve): Drawing => drawingOf(curve) as Drawing;
const handles = (curve: Curve, epochs = 20): Handle[] => handlesOf(drawn(curve), epochs);
const moved = (curve: Curve, n: number, to: { x: number; y: number }, epochs = 20): Curve =>
  curveOf((handles(curve, epochs)[n] as Handle).apply(to));

const CURVES: readonly Curve[] = [
  0.3,
  ['ramp', 0.1, 0.4],
  ['cosine', 0.4, 0.1],
  ['cyclic', 0.1, 0.5, 6],
  ['stepwise', [0.1, 0.3, 0.2]],
  ['perEpoch', Array.from({ length: 40 }, (_, epoch) => epoch / 40)],
];

describe('the handles of a drawing', () => {
  for (const curve of CURVES) {
    it(`of ${JSON.stringify(curve).slice(0, 30)} lie on its line, and stay there when they are moved`, () => {
      for (const epochs of [1, 7, 40]) {
        const all = handles(curve, epochs);
        expect(all).to.not.be.empty;
        for (const [n, handle] of all.entries()) {
          expect(handle.x).to.be.within(0, epochs - 1);
          const to = { x: handle.x, y: 0.77 };
          if (handle.moves === 'both' && epochs < 6) continue; // the whole wave does not fit
          const after = handlesOf(handle.apply(to), epochs)[n] as Handle;
          expect(after).to.include(to);
          if (!Number.isInteger(handle.x) || handle.x >= epochs) continue;
          const here = valuesOf(curveOf(handle.apply(to)), epochs)[handle.x];
          expect(here, `${handle.name} of ${epochs}`).to.be.closeTo(0.77, 1e-9);
        }
      }
    });
  }

  it('keep values within 0 and 1, in hundredths', () => {
    expect(moved(0.3, 0, { x: 0, y: 1.4 })).to.equal(1);
    expect(moved(0.3, 0, { x: 0, y: -1 })).to.equal(0);
    expect(moved(0.3, 0, { x: 0, y: 0.12345 })).to.equal(0.12);
  });

  it('widen the waves by their top, from 2 epochs to the whole run', () => {
    expect(moved(['cyclic', 0.1, 0.5, 6], 1, { x: 5, y: 0.6 })).to.deep.equal(['cyclic', 0.1, 0.6, 10]);
    expect(moved(['cyclic', 0.1, 0.5, 6], 1, { x: 0, y: 0.6 })).to.deep.equal(['cyclic', 0.1, 0.6, 2]);
    expect(moved(['cyclic', 0.1, 0.5, 6], 1, { x: 18, y: 0.6 })).to.deep.equal(['cyclic', 0.1, 0.6, 20]);
  });

  it('take the free points between them along in straight lines', () => {
    const flat = curveOf(drawnAs(drawn(0.2), 'perEpoch', 25));
    expect(handles(flat, 25)).to.have.lengthOf(13);
    const values = valuesOf(moved(flat, 3, { x: 6, y: 0.4 }, 25), 25);
    expect(values.slice(3, 10)).to.deep.equal([0.2, 0.2, 0.3, 0.4, 0.3, 0.2, 0.2]);
  });

  it('move the end of the warm-up, and take it away at the first epoch', () => {
    const handle = warmUpHandle(drawn(['warmUp', 3, 0.5]), 20, 0.5);
    expect(curveOf(handle.apply({ x: 7.4, y: 0 }))).to.deep.equal(['warmUp', 7, 0.5]);
    expect(curveOf(handle.apply({ x: 0.2, y: 0 }))).to.equal(0.5);
    expect(curveOf(handle.apply({ x: 30, y: 0 }))).to.deep.equal(['warmUp', 19, 0.5]);
  });
});

describe('a stroke through a free drawing', () => {
  const flat = drawn(['perEpoch', [0.1, 0.1, 0.1, 0.1, 0.1]]);

  it('is straight, both ways', () => {
    const there = painted(flat, { x: 1, y: 0.2 }, { x: 3, y: 0.4 }).values;
    expect(there).to.deep.equal([0.1, 0.2, 0.3, 0.4, 0.1]);
    expect(painted(flat, { x: 3, y: 0.4 }, { x: 1, y: 0.2 }).values).to.deep.equal(there);
  });

  it('of one epoch ends where the pointer is', () => {
    expect(painted(flat, { x: 1.9, y: 0.9 }, { x: 2.1, y: 0.3 }).values).to.deep.equal([0.1, 0.1, 0.3, 0.1, 0.1]);
  });
});
