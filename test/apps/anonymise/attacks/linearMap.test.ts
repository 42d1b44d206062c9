import { expect } from 'chai';
import { Matrix } from 'ml-matrix';
import { learnMap } from '../../../../src/apps/anonymise/attacks/linearMap.ts';
import { fillGaussian } from '../../../../src/random.ts';
import { largestDifference } from '../../../support/tensors.ts';

const gaussian = (name: string, rows: number, columns: number): Matrix => {
  const data = new Float32Array(rows * columns);
  fillGaussian([name], data);
  return Matrix.from1DArray(rows, columns, Array.from(data));
};
const [NONE, WIDTH] = [1e-9, 5];
const differ = (a: Matrix, b: Matrix): number => largestDifference(a.to1DArray(), b.to1DArray());

describe('learnMap', () => {
  for (const pairs of [6, 40]) {
    it(`finds a turn with a shift from ${pairs} pairs in ${WIDTH} dimensions, for vectors that it never saw`, () => {
      const [turn, shift] = [gaussian('turn', WIDTH, WIDTH), gaussian('shift', 1, WIDTH).to1DArray()];
      const truth = (rows: Matrix): Matrix => rows.mmul(turn).addRowVector(shift);
      const [known, others] = [gaussian('known', pairs, WIDTH), gaussian('others', 9, WIDTH)];
      expect(differ(learnMap(known, truth(known))(NONE)(others), truth(others))).to.be.below(1e-4);
    });
  }

  it('leaves alone what its few pairs say nothing of', () => {
    const known = new Matrix([
      [1, 0, 0],
      [3, 0, 0],
    ]); // they differ in one direction only
    const map = learnMap(known, known.clone().mul(2))(NONE);
    const made = map(new Matrix([[5, 7, -1]])).to1DArray();
    expect(largestDifference(made, [10, 7, -1])).to.be.below(1e-6);
  });

  it('comes between a mere shift and the whole map, the nearer to the shift the more it is held back', () => {
    const [known, others] = [gaussian('known', 30, WIDTH), gaussian('others', 9, WIDTH)];
    const target = known.clone().mul(-1).add(3);
    const whole = others.clone().mul(-1).add(3);
    const errors = [NONE, 0.1, 1, 10, Number.POSITIVE_INFINITY].map((ridge) =>
      Matrix.sub(learnMap(known, target)(ridge)(others), whole).norm(),
    );
    expect([...errors].sort((a, b) => a - b)).to.deep.equal(errors);
    const shift = Matrix.sub(learnMap(known, target)(Number.POSITIVE_INFINITY)(others), others);
    expect(differ(shift, Matrix.ones(9, 1).mmul(Matrix.rowVector(shift.getRow(0))))).to.be.below(1e-12);
  });

  it('goes half of the way where the ridge is 1, and what it knows is spread alike in all directions', () => {
    const known = new Matrix([
      [4, 0, 0],
      [-4, 0, 0],
      [0, 4, 0],
      [0, -4, 0],
      [0, 0, 4],
      [0, 0, -4],
    ]);
    const target = known.clone().mul(3);
    const made = learnMap(known, target)(1)(new Matrix([[1, 5, -2]]));
    expect(largestDifference(made.to1DArray(), [2, 10, -4])).to.be.below(1e-9); // between 1 and 3 times as long
  });

  it('shifts only, where all it knows of is equal, or is one pair', () => {
    for (const rows of [1, 3]) {
      const known = Matrix.ones(rows, 2);
      const made = learnMap(known, known.clone().mul(4))(0.1)(new Matrix([[0, 1]]));
      expect(made.to1DArray()).to.deep.equal([3, 4]);
    }
  });

  it('leaves what it is given as it is', () => {
    const [known, target, others] = [
      gaussian('known', 9, WIDTH),
      gaussian('to', 9, WIDTH),
      gaussian('others', 2, WIDTH),
    ];
    const before = [known, target, others].map((matrix) => matrix.to1DArray());
    learnMap(known, target)(0.1)(others);
    expect([known, target, others].map((matrix) => matrix.to1DArray())).to.deep.equal(before);
  });
});
