import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { imageSet } from '../../../src/node/data/imageSet.ts';
import { withLabels } from '../../../src/node/data/labelledImages.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import type { Variant } from '../../../src/studio/api.ts';
import { USUAL } from '../../../src/studio/choice.ts';
import { root } from '../../support/shared.ts';
import { stripes } from '../../support/stripes.ts';
import { allEvents, startStudio, type TestStudio } from '../../support/studioServer.ts';

const MOVES = 1000;
/** Moves after which everything has been opened that stays open. */
const SETTLED = 100;

/** What a move of a slider must not leave behind. */
const held = () => ({
  megabytes: process.memoryUsage.rss() / 2 ** 20,
  threads: Number(/^Threads:\s*(\d+)/m.exec(threadsText())?.[1] ?? 0),
  sockets: process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
  tensors: tf.memory().numTensors,
});

const threadsText = (): string => {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return ''; // not Linux
  }
};

describe('a slider of the studio that is moved a thousand times', () => {
  it('leaves memory, threads and sockets as they were, and is answered at once', async () => {
    const { bytes, imageShape, labels } = stripes(40);
    const data = withLabels(imageSet({ bytes, imageShape, labels, classes: ['0', '1'] }), 'stripes');
    const model = await loadModel(join(root, 'models/fashion-28'), { engine: 'onnx', device: 'cpu' });
    const studio = await startStudio({ model, data });
    try {
      let settled = held();
      for (let n = 0; n < MOVES; n += 1) {
        if (n === SETTLED) settled = await rested(studio);
        await move(studio, n);
      }
      const after = await rested(studio);
      expect(after.sockets).to.be.at.most(settled.sockets);
      expect(after.threads).to.be.at.most(settled.threads);
      expect(after.tensors).to.equal(settled.tensors);
      expect(after.megabytes - settled.megabytes).to.be.below(64);
      const began = performance.now();
      const { of } = await allEvents(studio, at(0.5, 1));
      expect(of<Variant>('variant')).to.have.length(3);
      expect(performance.now() - began).to.be.below(5000); // nothing waits in front of it
      expect(studio.reported).to.deep.equal([]);
    } finally {
      await studio.close();
      model.dispose();
    }
  }).timeout(300_000);
});

const at = (strength: number, variants: number): string => {
  const choice = { ...USUAL, images: [0, 1, 2], strength, variants };
  return `/api/variants?choice=${encodeURIComponent(JSON.stringify(choice))}`;
};

/** A stream that is closed at once, or soon after it was opened, as a slider does. */
const move = async ({ port, cookie }: TestStudio, n: number): Promise<void> => {
  const closing = new AbortController();
  const asked = fetch(`http://127.0.0.1:${port}${at(0.1 + (0.8 * n) / MOVES, 4)}`, {
    headers: { cookie },
    signal: closing.signal,
  }).then(
    (response) => response.body?.getReader().read(),
    () => undefined,
  );
  if (n % 3 > 0) await new Promise((done) => setTimeout(done, n % 3 === 1 ? 0 : 12));
  closing.abort();
  await asked?.catch(() => undefined);
};

/** What is held once the work of all closed streams is over. */
const rested = async (studio: TestStudio): Promise<ReturnType<typeof held>> => {
  await allEvents(studio, at(0.95, 1));
  await new Promise((done) => setTimeout(done, 300));
  return held();
};
