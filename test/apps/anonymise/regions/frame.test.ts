import { expect } from 'chai';
import { frameAround } from '../../../../src/apps/anonymise/regions/frame.ts';
import { uniformStream } from '../../../../src/random.ts';

const whole = (next: () => number, least: number, most: number): number =>
  least + Math.floor(next() * (most - least + 1));

describe('frameAround', () => {
  it('stays in the picture, and has a margin on all sides where the picture does not end', () => {
    const next = uniformStream(['frames']);
    for (let n = 0; n < 2000; n += 1) {
      const picture = [whole(next, 1, 90), whole(next, 1, 90), 3] as const;
      const [height, width] = [whole(next, 1, picture[0]), whole(next, 1, picture[1])];
      const box = { top: whole(next, 0, picture[0] - height), left: whole(next, 0, picture[1] - width), height, width };
      const model = [whole(next, 1, 64), whole(next, 1, 64), 3] as const;
      const { box: frame, margin } = frameAround(box, { margin: n % 5 === 0 ? 0 : next(), picture, model });
      const what = JSON.stringify({ picture, box, model, frame, margin });
      expect(margin, what).to.be.at.least(1);
      expect(frame.top, what).to.be.within(0, Math.max(0, box.top - margin));
      expect(frame.left, what).to.be.within(0, Math.max(0, box.left - margin));
      const [bottom, right] = [frame.top + frame.height, frame.left + frame.width];
      expect(bottom, what).to.be.within(Math.min(picture[0], box.top + height + margin), picture[0]);
      expect(right, what).to.be.within(Math.min(picture[1], box.left + width + margin), picture[1]);
    }
  });

  it('has the proportions of the model, with the box in the middle, where the picture has room', () => {
    const box = { top: 400, left: 300, height: 80, width: 60 };
    const picture = [1000, 1000, 3] as const;
    const square = frameAround(box, { margin: 0.25, picture, model: [64, 64, 3] });
    expect(square).to.deep.equal({ box: { top: 380, left: 270, height: 120, width: 120 }, margin: 20 });
    const wide = frameAround(box, { margin: 0.25, picture, model: [32, 64, 3] });
    expect(wide.box).to.deep.equal({ top: 380, left: 210, height: 120, width: 240 });
    const tall = frameAround(box, { margin: 0.25, picture, model: [64, 32, 3] });
    expect(tall.box).to.deep.equal({ top: 340, left: 280, height: 200, width: 100 });
  });

  it('moves inwards at the edge of the picture rather than being cut off', () => {
    const { box } = frameAround(
      { top: 0, left: 90, height: 10, width: 10 },
      { margin: 0.5, picture: [100, 100, 1], model: [28, 28, 1] },
    );
    expect(box).to.deep.equal({ top: 0, left: 80, height: 20, width: 20 });
  });

  it('takes all of a picture that is too narrow for the proportions', () => {
    const { box } = frameAround(
      { top: 100, left: 10, height: 80, width: 80 },
      { margin: 0.25, picture: [400, 100, 3], model: [64, 64, 3] },
    );
    expect(box).to.deep.equal({ top: 80, left: 0, height: 120, width: 100 });
  });
});
