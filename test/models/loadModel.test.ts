import { expect } from 'chai';
import { loadModel } from '../../src/models/loadModel.ts';
import { rejection } from '../support/scratch.ts';

describe('loadModel outside of Node', () => {
  it('refuses the engine that runs in Node only, before it fetches anything', async () => {
    const error = await rejection(loadModel('http://127.0.0.1:1/model', { engine: 'onnx' }));
    expect(error).to.have.property('code', 'bad-engine');
    expect(error.message).to.include('tfjs');
  });
});
