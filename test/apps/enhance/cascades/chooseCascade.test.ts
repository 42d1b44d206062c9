import { expect } from 'chai';
import { chooseCascade } from '../../../../src/apps/enhance/cascades/chooseCascade.ts';
import type { MeasuredCascade } from '../../../../src/apps/enhance/cascades/measured.ts';
import { uniformStream } from '../../../../src/random.ts';

const IMAGES = 20;
/** How hard images are, which every cascade feels: far more than cascades differ. */
const hard = Array.from({ length: IMAGES }, uniformStream(['hard'])).map((draw) => 20 * draw);

type Made = { readonly steps: number; readonly psnr: number; readonly distance?: number; readonly spread?: number };

const measured = ({ steps, psnr, distance = 0.2, spread = 0.1 }: Made): MeasuredCascade => {
  const next = uniformStream(['measured', steps, psnr]);
  const around = (mean: number, width: number) => hard.map((one) => mean + one + width * (next() - 0.5));
  const qualities = { psnr: around(psnr, spread), ssim: around(0, 0.1), distance: around(distance, spread) };
  const cascade = [{ strength: 0.3, steps }];
  return { cascade, evaluations: steps, mean: qualities, one: { ...qualities, psnr: qualities.ssim } };
};
const baseline = { ...measured({ steps: 0, psnr: 15, distance: 0.4 }), cascade: [], evaluations: 0 };
const choose = (made: readonly Made[], goal: 'fidelity' | 'looks' = 'fidelity') =>
  chooseCascade(made.map(measured), baseline, goal);

describe('the choice of a cascade', () => {
  it('is the cheapest of those that may be as good as the best, image by image', () => {
    const { chosen, best, points } = choose([
      { steps: 20, psnr: 20 },
      { steps: 10, psnr: 19.99, spread: 1 },
      { steps: 5, psnr: 19 },
    ]);
    expect(best.evaluations).to.equal(20);
    expect(chosen.evaluations).to.equal(10);
    expect(points.map(({ evaluations }) => evaluations)).to.deep.equal([5, 10, 20]);
    const cheapest = points[0]?.behind;
    expect(cheapest?.mean).to.be.closeTo(1, 0.1);
    expect(cheapest?.interval[0]).to.be.above(0.8); // by image: over images alone it would be ± 2.5
  });

  it('is the better of two that cost the same', () => {
    const made = [
      { steps: 10, psnr: 19.99, spread: 1 },
      { steps: 10, psnr: 20, spread: 1 },
    ];
    const { chosen, best } = choose(made);
    expect(chosen).to.equal(best);
  });

  it('goes by the distance of a single result where looks count, the less the better', () => {
    const made = [
      { steps: 10, psnr: 20, distance: 0.3, spread: 0.01 },
      { steps: 20, psnr: 10, distance: 0.1, spread: 0.01 },
    ];
    expect(choose(made).chosen.evaluations).to.equal(10);
    const { chosen, gain } = choose(made, 'looks');
    expect(chosen.evaluations).to.equal(20);
    expect(gain.mean).to.be.closeTo(0.3, 0.01);
  });

  it('says by how much it is better than what can be had without the model', () => {
    const { gain, baseline: without } = choose([{ steps: 10, psnr: 20 }]);
    expect(gain.mean).to.be.closeTo(5, 0.1);
    expect(gain.interval[0]).to.be.above(4.8);
    expect(without.evaluations).to.equal(0);
    expect(choose([{ steps: 10, psnr: 14 }]).gain.interval[1]).to.be.below(0);
  });
});
