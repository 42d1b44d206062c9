import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { ArgumentError, EnvironmentError } from '../../src/errors.ts';
import { type BackendFault, type BackendName, chooseBackend, describeBackend } from '../../src/node/backend.ts';
import { restoreIsNullOrUndefined } from '../../src/node/backendPackage.ts';
import { rejection } from '../support/scratch.ts';
import { describeTfjsNode } from '../support/tfjsNode.ts';

/** A machine that has only some of the backends. */
const machine =
  (...present: BackendName[]) =>
  async (name: BackendName): Promise<BackendFault | undefined> =>
    present.includes(name) ? undefined : { why: `no ${name}`, remedy: `get ${name}` };

describe('chooseBackend', () => {
  afterEach(() => tf.setBackend('wasm'));

  for (const [present, best, missed] of [
    [['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'], 'tfjs-node-gpu', []],
    [['tfjs-node', 'wasm', 'cpu'], 'tfjs-node', ['tfjs-node-gpu']],
    [['wasm', 'cpu'], 'wasm', ['tfjs-node-gpu', 'tfjs-node']],
    [['cpu'], 'cpu', ['tfjs-node-gpu', 'tfjs-node', 'wasm']],
  ] as const) {
    it(`takes ${best} where there is ${present.join(', ')}, and says why not ${missed.join(', ') || 'another'}`, async () => {
      const choice = await chooseBackend({}, machine(...present));
      expect(choice.name).to.equal(best);
      expect(choice.reasons.map(({ name }) => name)).to.deep.equal(missed);
    });
  }

  it('does not look further than the backend asked for', async () => {
    expect(await chooseBackend({ backend: 'cpu' }, machine('wasm', 'cpu'))).to.deep.equal({ name: 'cpu', reasons: [] });
  });

  it('refuses to go on without the backend asked for, and says what would mend that', async () => {
    const error = await rejection(chooseBackend({ backend: 'tfjs-node' }, machine('wasm')));
    expect(error).to.be.an.instanceOf(EnvironmentError).with.property('code', 'no-backend');
    expect(error.message).to.include('no tfjs-node').and.include('get tfjs-node').and.not.include('gpu');
  });

  it('names every backend when there is none', async () => {
    const error = await rejection(chooseBackend({}, machine()));
    expect(error).to.have.property('code', 'no-backend');
    for (const name of ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']) expect(error.message).to.include(`get ${name}`);
  });

  it('lists the choices for a name that is none', async () => {
    const error = await rejection(chooseBackend({ backend: 'webgl' }));
    expect(error).to.be.an.instanceOf(ArgumentError).with.property('code', 'unknown-backend');
    expect(error.message).to.include('auto, tfjs-node-gpu, tfjs-node, wasm, cpu');
  });

  for (const name of ['wasm', 'cpu'] as const) {
    it(`makes ${name} the backend that computes`, async () => {
      expect(await chooseBackend({ backend: name })).to.deep.equal({ name, reasons: [] });
      expect(tf.getBackend()).to.equal(name);
    });
  }

  it('leaves the current backend alone when another one cannot be had', async function () {
    const error = await chooseBackend({ backend: 'tfjs-node-gpu' }).catch((refused) => refused);
    if (!(error instanceof Error)) return this.skip(); // there is a GPU
    expect(error).to.have.property('code', 'no-backend');
    expect(tf.getBackend()).to.equal('wasm');
  });

  it('gives every better backend that was not taken a reason and a remedy', async () => {
    const { name, reasons } = await chooseBackend();
    expect(tf.getBackend()).to.equal(name.startsWith('tfjs-node') ? 'tensorflow' : name);
    for (const { why, remedy } of reasons)
      expect([why, remedy].map((text) => text.length > 0)).to.deep.equal([true, true]);
  });
});

describe('describeBackend', () => {
  it('says the backend first, then each better one on a line of its own', () => {
    const reasons = [{ name: 'tfjs-node', why: 'it is not installed', remedy: 'npm install it' }] as const;
    expect(describeBackend({ name: 'wasm', reasons }).split('\n')).to.deep.equal([
      'backend: wasm',
      '  not tfjs-node: it is not installed; to mend it: npm install it',
    ]);
  });
});

describe('restoreIsNullOrUndefined', () => {
  const util: { isNullOrUndefined?: (value: unknown) => boolean } = createRequire(import.meta.url)('node:util');
  const current = () => util.isNullOrUndefined;
  const original = util.isNullOrUndefined;
  afterEach(() => {
    if (original) util.isNullOrUndefined = original;
    else delete util.isNullOrUndefined;
  });

  it('gives Node 23 and later back what tfjs-node calls in nearly every operation', () => {
    delete util.isNullOrUndefined;
    restoreIsNullOrUndefined();
    expect([null, undefined, 0, '', false].map((value) => current()?.(value))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('leaves alone what is there', () => {
    const there = () => true;
    util.isNullOrUndefined = there;
    restoreIsNullOrUndefined();
    expect(util.isNullOrUndefined).to.equal(there);
  });
});

describeTfjsNode('tfjs-node', () => {
  it('is taken over wasm, and only the GPU is better', async () => {
    const { name, reasons } = await chooseBackend();
    expect(name).to.match(/^tfjs-node/);
    expect(reasons.map((reason) => reason.name)).to.deep.equal(name === 'tfjs-node' ? ['tfjs-node-gpu'] : []);
  });

  it('computes through the same tfjs-core as everything else', async () => {
    const sum = tf.sum(tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 1]), tf.ones<tf.Rank.R4>([3, 3, 1, 1]), 1, 'valid'));
    expect(tf.getBackend()).to.equal('tensorflow');
    expect(sum.dataSync()[0]).to.equal(36);
  });
});
