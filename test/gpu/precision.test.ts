import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import type { FoundModel } from '../../src/node/locateModel.ts';
import { machineOf } from '../../src/node/onnx/precision.ts';

const found = { place: 'models/x', format: 'diffusers', isOnDisk: true } as FoundModel;
const there = () => ({ name: 'NVIDIA L4' });
const nowhere = () => ({ why: 'no GPU is visible' });

describe('half precision', () => {
  it('is computed by the GPU that is seen, or the one that is named', () => {
    expect(machineOf('float16', found, { engine: 'auto', device: undefined }, there).device).to.equal('webgpu');
    expect(machineOf('float16', found, { engine: 'auto', device: 'cuda' }, nowhere).device).to.equal('cuda');
  });

  for (const [title, model, machine, why] of [
    [
      'where there is no GPU',
      found,
      { engine: 'auto', device: 'auto' },
      /for GPUs, and no GPU is visible; leave precision out/,
    ],
    ['on the processor', found, { engine: 'auto', device: 'cpu' }, /for GPUs, and device says cpu/],
    ['with the engine tfjs', found, { engine: 'tfjs', device: undefined }, /engine says tfjs/],
    [
      'for a model in one file',
      { ...found, format: 'onnx' } as FoundModel,
      { engine: 'auto', device: 'webgpu' },
      /in one file/,
    ],
  ] as const) {
    it(`cannot be had ${title}`, () => {
      expect(() => machineOf('float16', model, machine, nowhere))
        .to.throw(ArgumentError, why)
        .with.property('code', 'bad-precision');
    });
  }
});
