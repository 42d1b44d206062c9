import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { contract, supplyEinsum } from '../../src/engines/tfjs/einsum.ts';
import { imageNoise } from '../../src/tensors/noise.ts';
import { expectNoLeak } from '../support/tensors.ts';

/** Sizes by axis, all different, so that axes which are mixed up do not fit. */
const SIZES: Readonly<Record<string, number>> = { b: 2, h: 3, w: 4, i: 5, j: 6, c: 7 };

const EQUATIONS = [
  'bhwc,bijc->bhwij', // the scores of attention over space
  'bhwij,bijc->bhwc', // the mix of its values
  'bhwij,bijc->chwb', // the result in another order
  'hc,cw->hw',
  'hc,wc->wh',
  'bi,bi->b',
  'bi,bi->',
  'i,j->ij',
  'bi,bi->bi', // nothing is summed
  'bhi,bc->bhc', // an axis that only the first has is summed away
  'hc,iwc->wh', // and one that only the second has
  'bhw->wb',
  'bhw->bhw',
  'c b,b h -> h c',
];

const operand = (term: string, n: number): tf.Tensor => {
  const shape = [...term].map((label) => SIZES[label] ?? 0);
  return tf.tidy(() => tf.reshape(imageNoise([['einsum', n]], [1, 1, tf.util.sizeFromShape(shape)]), shape));
};

const operands = (equation: string): tf.Tensor[] =>
  (equation.replaceAll(' ', '').split('->')[0] ?? '').split(',').map(operand);

/** The sum of products over every axis that the result lacks, number by number. */
const bySumming = (equation: string, inputs: readonly tf.Tensor[]): { shape: number[]; values: Float32Array } => {
  const [terms = '', output = ''] = equation.replaceAll(' ', '').split('->');
  const labels = [...new Set(terms.replace(',', ''))];
  const shape = [...output].map((label) => SIZES[label] ?? 0);
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  const data = inputs.map((input) => input.dataSync());
  const place = (at: Readonly<Record<string, number>>, term: string): number =>
    [...term].reduce((index, label) => index * (SIZES[label] ?? 0) + (at[label] ?? 0), 0);
  const total = tf.util.sizeFromShape(labels.map((label) => SIZES[label] ?? 0));
  for (let n = 0; n < total; n += 1) {
    let rest = n;
    const at: Record<string, number> = {};
    for (const label of labels) {
      at[label] = rest % (SIZES[label] ?? 1);
      rest = Math.floor(rest / (SIZES[label] ?? 1));
    }
    const factors = terms.split(',').map((term, k) => data[k]?.[place(at, term)] ?? Number.NaN);
    const cell = place(at, output);
    values[cell] = (values[cell] ?? 0) + factors.reduce((a, b) => a * b, 1);
  }
  return { shape, values };
};

/** What the cpu backend, which has a kernel, makes of the same tensors. */
const onCpu = async (equation: string): Promise<{ shape: number[]; values: Float32Array }> => {
  await tf.setBackend('cpu');
  const inputs = operands(equation);
  const result = tf.einsum(equation, ...inputs);
  const values = result.dataSync<'float32'>();
  tf.dispose([...inputs, result]);
  await tf.setBackend('wasm');
  return { shape: result.shape, values };
};

/** The cpu kernel of tfjs 4.22 gives this one the wrong shape. */
const WRONG_ON_CPU = 'bhi,bc->bhc';

describe('einsum on wasm', () => {
  before(supplyEinsum);

  it('is registered once, and left alone where there is a kernel', () => {
    const kernel = tf.getKernel('Einsum', 'wasm');
    supplyEinsum();
    expect(tf.getKernel('Einsum', 'wasm')).to.equal(kernel).and.not.equal(undefined);
  });

  for (const equation of EQUATIONS) {
    it(`computes ${equation}`, () =>
      expectNoLeak(() => {
        const inputs = operands(equation);
        const { shape, values } = bySumming(equation, inputs);
        const [result, expected] = [tf.einsum(equation, ...inputs), tf.tensor(values, shape)];
        expect(result).to.be.tensorCloseTo(expected, 2e-5);
        tf.dispose([...inputs, result, expected]);
      }));

    if (equation === WRONG_ON_CPU) continue;
    it(`computes ${equation} as the cpu backend does`, () =>
      expectNoLeak(async () => {
        const { shape, values } = await onCpu(equation);
        const inputs = operands(equation);
        const [result, expected] = [tf.einsum(equation, ...inputs), tf.tensor(values, shape)];
        expect(result).to.be.tensorCloseTo(expected, 2e-5);
        tf.dispose([...inputs, result, expected]);
      }));
  }

  it('gives a new tensor even where nothing is to be done', () => {
    const [x] = operands('bhw->bhw') as [tf.Tensor];
    const same = contract('bhw->bhw', [x]);
    x.dispose();
    expect(same.isDisposed).to.equal(false);
    expect(same.dataSync()).to.have.lengthOf(24);
    same.dispose();
  });

  it('refuses sizes that do not fit, and repeated axes, without a leak', () =>
    expectNoLeak(() => {
      const [a, b] = [tf.ones([2, 3]), tf.ones([4, 5])];
      expect(() => tf.einsum('ij,jk->ik', a, b)).to.throw(/dimension/);
      expect(() => tf.einsum('ii,jk->ik', a, b)).to.throw(/duplicate/);
      tf.dispose([a, b]);
    }));
});
