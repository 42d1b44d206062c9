import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { ArgumentError } from '../src/errors.ts';
import * as library from '../src/index.ts';
import {
  chooseBackend,
  contactSheet,
  diskBank,
  diskCache,
  downloadFiles,
  epsilonError,
  exportOnnx,
  fetchModel,
  loadModel,
  loadTextEncoder,
  openFolder,
  openImages,
  trainFolder,
} from '../src/node/index.ts';
import { gaussianImages, gaussianModel } from './support/gaussianModel.ts';
import { scratchFolder } from './support/scratch.ts';

const model = gaussianModel();
type Options = Readonly<Record<string, unknown>>;
type Call = (options: never) => unknown;

describe('options', () => {
  const scratch = scratchFolder();
  let images: tf.Tensor4D;
  before(() => {
    images = gaussianImages(1, model);
  });
  after(() => images.dispose());

  /** A public function with good options, and a name that is nearly one of them. */
  const functions: Record<string, { call: Call; good: Options; near: [wrong: string, right: string] }> = {
    boomerang: {
      call: (options) => library.boomerang(model, images, options),
      good: { strength: 0.3, seed: 1 },
      near: ['strenght', 'strength'],
    },
    boomerangAugment: {
      call: library.boomerangAugment,
      good: { model, strength: 0.3, seed: 1 },
      near: ['probabilty', 'probability'],
    },
    augmentDataset: {
      call: (options) => library.augmentDataset(data.array([1]) as never, options),
      good: { model, strength: 0.3, seed: 1 },
      near: ['copys', 'copies'],
    },
    classical: { call: library.classical, good: { seed: 1 }, near: ['rotat', 'rotate'] },
    adaptive: { call: library.adaptive, good: { target: 0, measure: () => 0 }, near: ['targt', 'target'] },
    slowLearners: { call: library.slowLearners, good: {}, near: ['shares', 'share'] },
    memoryCache: { call: library.memoryCache, good: {}, near: ['maxbytes', 'maxBytes'] },
    memoryBank: { call: library.memoryBank, good: { variants: 2 }, near: ['maxByte', 'maxBytes'] },
    planReturn: {
      call: (options) => library.planReturn(model, options),
      good: { strength: 0.3 },
      near: ['sovler', 'solver'],
    },
    calibrateStrength: {
      call: (options) => library.calibrateStrength(model, images, options),
      good: { seed: 1, distance: 'rms', target: 0.1 },
      near: ['tolerence', 'tolerance'],
    },
    diskCache: {
      call: (options) => diskCache(scratch('cache'), options).dispose?.(),
      good: { maxBytes: 1000 },
      near: ['percision', 'precision'],
    },
    loadModel: { call: (options) => loadModel('nowhere', options), good: {}, near: ['imagesize', 'imageSize'] },
    loadTextEncoder: {
      call: (options) => loadTextEncoder('nowhere', options),
      good: {},
      near: ['clipskip', 'clipSkip'],
    },
    diskBank: {
      call: (options) => diskBank(scratch('bank'), options).dispose?.(),
      good: { variants: 2 },
      near: ['variant', 'variants'],
    },
  };
  /** What is thrown, at once or later. */
  const thrown = async (call: Call, options: unknown): Promise<{ code?: string; message: string }> => {
    try {
      const made = await call(options as never);
      if (made instanceof tf.Tensor) made.dispose();
    } catch (error) {
      return error as ArgumentError;
    }
    return { message: '' };
  };

  for (const [name, { call, good, near }] of Object.entries(functions)) {
    it(`${name}: an unknown one is refused, with the nearest name, or all that there are`, async () => {
      const [wrong, right] = near;
      const error = await thrown(call, { ...good, [wrong]: undefined });
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'unknown-option');
      expect(error.message).to.equal(`${name} has no option "${wrong}"; did you mean "${right}"?`);
      const far = await thrown(call, { ...good, zzzzzzzzz: 1 });
      expect(far.message).to.match(/has no option "zzzzzzzzz"; it has: \w+/);
    });

    it(`${name}: what is no object is refused, and what is missing or of another type has a code`, async () => {
      for (const odd of [null, 7, 'text', []]) {
        const error = await thrown(call, odd);
        expect(error, String(odd)).to.be.instanceOf(ArgumentError);
        expect(error.code).to.match(/^bad-/);
      }
      for (const key of Object.keys(good)) {
        const { [key]: _, ...rest } = good;
        for (const value of [undefined, Symbol.iterator, { odd: 1 }]) {
          const error = await thrown(call, { ...rest, [key]: value });
          expect(error, `${key}: ${String(value)}`).to.be.instanceOf(ArgumentError);
          expect(error.message).to.not.match(/\n/);
        }
      }
    });
  }

  it('of a model that is a path, a promise, or none are refused by name, in plain JavaScript', async () => {
    for (const odd of [undefined, 'models/fashion-28', Promise.resolve(model), {}]) {
      const options = { strength: 0.3, seed: 1 };
      for (const call of [
        () => library.boomerangAugment({ ...options, model: odd } as never),
        () => library.boomerang(odd as never, images, options),
        () => library.planReturn(odd as never, options),
      ]) {
        const error = await thrown(call, {});
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'bad-model');
        expect(error.message).to.match(/await loadModel/);
      }
    }
  });

  it('inside options are checked as well', async () => {
    const { call, good } = functions['boomerangAugment'] as (typeof functions)[string];
    for (const [odd, code] of [
      [{ distance: { mim: 0.1 } }, 'unknown-option'],
      [{ distance: { min: 2 } }, 'bad-distance'],
      [{ softLabels: { gama: 1 }, labels: 'ys' }, 'unknown-option'],
      [{ softLabels: { gamma: Number.NaN }, labels: 'ys' }, 'bad-soft-labels'],
      [{ keep: { classifier: 'net', topK: 1 }, labels: 'ys' }, 'bad-keep'],
      [{ select: { share: 3 } }, 'bad-select'],
      [{ select: { shares: 0.3 } }, 'bad-select'],
      [{ mode: 'pear' }, 'unknown-mode'],
      [{ range: '0..2' }, 'bad-range'],
      [{ probability: Number.NaN }, 'bad-probability'],
      [{ strength: [] }, 'bad-strength'],
      [{ strength: [0.2, 7] }, 'bad-strength'],
      [{ strength: { from: 0.4, to: 0.2 } }, 'bad-strength'],
      [{ bank: { variants: 2 } }, 'bad-bank'],
      [{ cache: new Map() }, 'bad-cache'],
      [{ tries: 0 }, 'bad-tries'],
      [{ steps: 1.5 }, 'bad-steps'],
      [{ seed: Number.NaN }, 'bad-seed'],
      [{ guidance: 0.5 }, 'bad-guidance'],
      [{ prompt: 7 }, 'bad-prompt'],
      [{ negativePrompt: [] }, 'bad-negative-prompt'],
      [{ classes: 'cat' }, 'bad-classes'],
      [{ roundTrip: 1 }, 'bad-round-trip'],
    ] as const) {
      expect(await thrown(call, { ...good, ...odd }), JSON.stringify(odd)).to.have.property('code', code);
    }
  });

  it('of how a pipeline is opened are checked before anything is fetched', async () => {
    for (const [odd, code] of [
      [{ imageSize: 0 }, 'bad-image-size'],
      [{ imageSize: [64] }, 'bad-image-size'],
      [{ imageSize: Number.NaN }, 'bad-image-size'],
      [{ clipSkip: -1 }, 'bad-clip-skip'],
      [{ clipSkip: '1' }, 'bad-clip-skip'],
    ] as const) {
      const calls: Call[] = [
        (options) => loadModel('nowhere', options),
        (options) => library.loadModel('http://127.0.0.1:1/x', options),
        ...('clipSkip' in odd ? [(options: never) => loadTextEncoder('nowhere', options)] : []),
      ];
      for (const call of calls) expect(await thrown(call, odd), JSON.stringify(odd)).to.have.property('code', code);
    }
  });

  const named: Record<string, Call> = {
    karrasSigmas: (options) => library.karrasSigmas(options),
    trainDenoiser: (options) => library.trainDenoiser(data.array([1]) as never, options),
    trainAutoencoder: (options) => library.trainAutoencoder(data.array([1]) as never, options),
    encodeImages: (options) => library.encodeImages({ count: 0 } as never, options),
    chooseBackend: (options) => chooseBackend(options),
    openImages: (options) => openImages('nowhere', options),
    loadModel: (options) => loadModel('nowhere', options),
    loadTextEncoder: (options) => loadTextEncoder('nowhere', options),
    'loadTextEncoder by an address': (options) => library.loadTextEncoder('http://127.0.0.1:1/x', options),
    'loadModel by an address': (options) => library.loadModel('http://127.0.0.1:1/x', options),
    fetchModel: (options) => fetchModel('some/model', options),
    downloadFiles: (options) => downloadFiles([], options),
    contactSheet: (options) => contactSheet(options),
    epsilonError: (options) => epsilonError(model, { pixels: new Float32Array(), count: 0 } as never, options),
    exportOnnx: async (options) => exportOnnx(await openFolder('models/fashion-28'), 'x.onnx', options),
    trainFolder: (options) => trainFolder(scratch('out'), options),
  };
  for (const [name, call] of Object.entries(named)) {
    it(`${name}: an unknown one is refused by name before anything is done`, async () => {
      const error = await thrown(call, { zzzzzzzzz: 1 });
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'unknown-option');
      expect(error.message).to.match(new RegExp(`^${name.split(' ')[0]} has no option "zzzzzzzzz"; it has: \\w+`));
      expect(await thrown(call, 'text')).to.have.property('code', 'bad-options');
    });
  }
});
