import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { EnvironmentError } from '../../src/errors.ts';
import { findOnnxRuntime, requireOnnxRuntime } from '../../src/node/sessions/onnxRuntime.ts';
import { batchOnGpu, chooseParallelism } from '../../src/node/sessions/parallelism.ts';
import { scratchFolder } from '../support/scratch.ts';

const REMEDY = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';

describe('onnxruntime-node', () => {
  const scratch = scratchFolder();

  it('is really here, for the tests', () => {
    const found = findOnnxRuntime();
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
    expect(found).to.deep.include({ usable: true, version });
  });

  it('is asked for with the exact command where it is absent', () => {
    const found = findOnnxRuntime([createRequire(scratch('file.js'))]);
    expect(found).to.deep.equal({ usable: false, why: 'onnxruntime-node is not installed', remedy: REMEDY });
    expect(() => requireOnnxRuntime(found))
      .to.throw(EnvironmentError, REMEDY)
      .with.property('code', 'no-onnxruntime');
  });

  for (const [title, body, why] of [
    ['its library is missing', "require('../bin/onnxruntime_binding.node')", /has no library for/],
    ['its library does not load', "throw new Error('GLIBC_9.99 not found')", /1\.99\.0 does not load: GLIBC_9\.99/],
  ] as const) {
    it(`is not usable when ${title}`, () => {
      const folder = scratch('node_modules/onnxruntime-node');
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/package.json`, JSON.stringify({ version: '1.99.0', main: 'index.js' }));
      writeFileSync(`${folder}/index.js`, body);
      const found = findOnnxRuntime([createRequire(scratch('file.js'))]);
      expect(found).to.include({ usable: false, version: '1.99.0', remedy: REMEDY });
      expect('why' in found && found.why).to.match(why);
    });
  }
});

describe('sessions and threads', () => {
  it('never number more than the cores together, unless that was asked for', () => {
    for (let cores = 1; cores <= 128; cores += 1) {
      const { sessions, threads } = chooseParallelism(cores, {});
      expect(sessions).to.be.at.least(1);
      expect(threads).to.be.at.least(1);
      expect(sessions * threads).to.be.at.most(Math.max(4, cores)); // two of each win on two cores
    }
    expect(chooseParallelism(1, {})).to.deep.equal({ sessions: 1, threads: 1 });
    expect(chooseParallelism(2, {})).to.deep.equal({ sessions: 2, threads: 2 });
    expect(chooseParallelism(16, {})).to.deep.equal({ sessions: 4, threads: 4 });
    expect(chooseParallelism(2, { sessions: 3, threads: 4 })).to.deep.equal({ sessions: 3, threads: 4 });
  });

  it('have batches on a GPU that suit it: small ones where the network is large, larger in half precision', () => {
    const [large, small] = [2 ** 28, 2 ** 28 - 1];
    expect(batchOnGpu(16, small)).to.equal(16);
    expect([batchOnGpu(16, large), batchOnGpu(16, large, 'float16')]).to.deep.equal([2, 4]);
    expect(batchOnGpu(1, large)).to.equal(1); // no more than fit
  });

  it('are one session with a thread for every core where a copy of the weights is 256 MiB or more', () => {
    const [large, small] = [2 ** 28, 2 ** 28 - 1];
    for (const cores of [1, 2, 6, 16, 64]) {
      expect(chooseParallelism(cores, { weightBytes: large })).to.deep.equal({ sessions: 1, threads: cores });
      expect(chooseParallelism(cores, { weightBytes: small })).to.deep.equal(chooseParallelism(cores, {}));
    }
    expect(chooseParallelism(16, { weightBytes: large, sessions: 2 })).to.deep.equal({ sessions: 2, threads: 8 });
    expect(chooseParallelism(2, { weightBytes: large, sessions: 4 })).to.deep.equal({ sessions: 4, threads: 1 });
    expect(chooseParallelism(16, { weightBytes: large, threads: 3 })).to.deep.equal({ sessions: 1, threads: 3 });
  });

  it('share the cores that the other one leaves', () => {
    expect(chooseParallelism(16, { sessions: 4 })).to.deep.equal({ sessions: 4, threads: 4 });
    expect(chooseParallelism(16, { threads: 8 })).to.deep.equal({ sessions: 2, threads: 8 });
    expect(chooseParallelism(2, { sessions: 4 })).to.deep.equal({ sessions: 4, threads: 1 });
  });
});
