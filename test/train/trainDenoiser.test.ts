import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { trainDenoiser } from '../../src/train/trainDenoiser.ts';
import type { TrainingState } from '../../src/train/trained.ts';
import { collectImages, type TrainingData } from '../../src/train/trainingData.ts';
import type { Training, TrainOptions } from '../../src/train/trainOptions.ts';
import { rejection } from '../support/scratch.ts';
import { expectNoLeak, largestDifference } from '../support/tensors.ts';

const config = {
  sample_size: 8,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [8, 8],
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 4,
  attention_head_dim: 4,
  num_class_embeds: 3,
};

/** Two kinds of images: bright on the left, bright on the right. */
const images: TrainingData = {
  count: 10,
  imageShape: [8, 8, 1],
  labels: Array.from({ length: 10 }, (_, n) => n % 2),
  pixels: (index) => Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 === (index % 2 === 0) ? 0.8 : -0.8)),
};
const options = {
  config,
  steps: 4,
  batchSize: 4,
  seed: 'a',
  learningRate: 5e-3,
  warmUp: 2,
} as const satisfies TrainOptions;

describe('trainDenoiser', () => {
  it('learns, and gives the same weights for the same seed and others for another', async () => {
    const losses: number[] = [];
    await expectNoLeak(async () => {
      const onStep = ({ loss }: { readonly loss: number }): void => void losses.push(loss);
      const { weights } = await trainDenoiser(images, { ...options, steps: 40, batchSize: 8, onStep });
      expect([...weights.values()].every(({ data: values }) => values.every(Number.isFinite))).to.equal(true);
    });
    const mean = (part: number[]): number => part.reduce((sum, one) => sum + one, 0) / part.length;
    expect(losses).to.have.lengthOf(40);
    expect(mean(losses.slice(-8))).to.be.below(0.75 * mean(losses.slice(0, 4)));
    const [once, again, other] = [
      await trainDenoiser(images, options),
      await trainDenoiser(images, options),
      await trainDenoiser(images, { ...options, seed: 'b' }),
    ];
    expect(again.weights).to.deep.equal(once.weights);
    expect(other.weights).to.not.deep.equal(once.weights);
  });

  it('goes on after any step as if it had not stopped', async () => {
    const whole = await trainDenoiser(images, options);
    for (const stop of [1, 3]) {
      const abort = new AbortController();
      const onStep = ({ step }: { readonly step: number }): void => {
        if (step === stop) abort.abort();
      };
      const part = await trainDenoiser(images, { ...options, onStep, signal: abort.signal });
      expect(part.steps).to.equal(stop);
      const rest = await trainDenoiser(images, { ...options, resume: part.state });
      expect(rest.weights).to.deep.equal(whole.weights);
      expect(rest.state.smoothed).to.be.closeTo(whole.state.smoothed, 1e-9);
    }
  });

  it('hands out weights and state at any step, and says how far it is', async () => {
    const seen: number[] = [];
    const onStep = async (
      report: { step: number; progress: number; learningRate: number },
      training: Training,
    ): Promise<void> => {
      seen.push(report.progress);
      expect((await training.weights()).get('conv_in.weight')?.shape).to.deep.equal([8, 1, 3, 3]);
      expect((await training.state()).step).to.equal(report.step);
      expect(report.learningRate).to.be.within(1e-5, 5e-3);
    };
    await expectNoLeak(() => trainDenoiser(images, { ...options, onStep }));
    expect(seen).to.deep.equal([0.25, 0.5, 0.75, 1]);
  });

  it('ends by the clock when it is told minutes', async () => {
    let now = 0;
    const clock = (): number => {
      now += 1000;
      return now;
    };
    const { steps } = await trainDenoiser(images, {
      ...options,
      steps: undefined,
      minutes: 0.2,
      clock,
    } as unknown as TrainOptions);
    expect(steps).to.be.within(2, 6);
  });

  it('takes a data set of tensors, batched or not, of either range', async () => {
    const source = data.array(Array.from({ length: 6 }, (_, n) => n)).map((n) => ({
      xs: tf.fill([8, 8, 1], (n as number) * 40, 'int32'),
      ys: tf.oneHot((n as number) % 2, 2),
    })) as unknown as data.Dataset<tf.TensorContainer>;
    await expectNoLeak(async () => {
      const single = await collectImages(source);
      const batched = await collectImages(source.batch(4) as data.Dataset<tf.TensorContainer>);
      expect(single).to.deep.include({ count: 6, imageShape: [8, 8, 1], labels: [0, 1, 0, 1, 0, 1] });
      expect(batched.labels).to.deep.equal(single.labels);
      for (let n = 0; n < 6; n += 1) expect(batched.pixels(n)).to.deep.equal(single.pixels(n));
      expect(single.pixels(3)[0]).to.be.closeTo((3 * 40) / 127.5 - 1, 1e-6);
      await trainDenoiser(source, { ...options, steps: 1 });
    });
  });

  it('ends at the first step that is not finite, and keeps nothing of it', async () => {
    const { weights } = await trainDenoiser(images, { ...options, steps: 1 });
    const broken = weights.get('conv_out.bias')?.data as Float32Array;
    broken[0] = Number.NaN;
    const states: TrainingState[] = [];
    const onStep = async (_: unknown, { state }: Training): Promise<void> => void states.push(await state());
    for (const [code, changes] of [
      ['diverged', { start: weights }],
      ['diverged', { learningRate: 1e30, warmUp: 0, steps: 5, onStep }],
      ['diverged', { learningRate: Number.MAX_VALUE, onStep }],
    ] as const) {
      await expectNoLeak(async () => {
        const error = await rejection(trainDenoiser(images, { ...options, ...changes }));
        expect(error).to.be.instanceOf(ArgumentError).with.property('code', code);
        expect(error.message).to.match(/at step \d+ \(.*learning rate .*lower learningRate/);
      });
    }
    for (const { tensors } of states) {
      for (const [name, { data: values }] of tensors) expect(values.every(Number.isFinite), name).to.equal(true);
    }
    expect(states).to.not.be.empty;
  });

  it('gives the same step in parts as in one go', async () => {
    const whole = await trainDenoiser(images, { ...options, microBatch: 4, steps: 2 });
    for (const microBatch of [1, 3]) {
      const told: number[] = [];
      const parts = await trainDenoiser(images, {
        ...options,
        microBatch,
        steps: 2,
        onStep: ({ loss }) => void told.push(loss),
      });
      for (const part of ['parameter', 'first', 'average']) {
        for (const [name, { data: values }] of whole.state.tensors) {
          if (name.startsWith(part))
            expect(largestDifference(parts.state.tensors.get(name)?.data ?? [], values), name).to.be.below(2e-4);
        }
      }
      expect(parts.state.smoothed).to.be.closeTo(whole.state.smoothed, 1e-5);
    }
  });

  it('refuses the state of a run with other options or images, each named with both values', async () => {
    const { state } = await trainDenoiser(images, { ...options, steps: 1 });
    const others: readonly [Partial<TrainOptions>, RegExp][] = [
      [{ steps: 2 }, /steps was 1 and is 2/],
      [{ seed: 'b' }, /seed was "a" and is "b"/],
      [{ batchSize: 5, learningRate: 1e-3 }, /batchSize was 4 and is 5; learningRate was 0.005 and is 0.001/],
      [{ minSnr: 5 }, /minSnr was null and is 5/],
      [{ ema: 0.9, flip: true }, /ema was 0.999 and is 0.9; flip was false and is true/],
      [{ config: { ...config, act_fn: 'gelu' } }, /config.act_fn was absent and is "gelu"/],
      [
        { scheduler: { _class_name: 'DDPMScheduler', prediction_type: 'sample' } },
        /scheduler.prediction_type was absent/,
      ],
    ];
    for (const [changes, message] of others) {
      const error = await rejection(trainDenoiser(images, { ...options, steps: 1, ...changes, resume: state }));
      expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'another-run');
      expect(error.message).to.match(message);
    }
    const inverse = { ...images, pixels: (index: number) => images.pixels(index).map((value) => -value) };
    const error = await rejection(trainDenoiser(inverse, { ...options, steps: 1, resume: state }));
    expect(error.message).to.match(/images was "10 of 8 x 8 x 1, checksum .* and is "10 of/);
    const empty = { ...state, tensors: new Map() };
    const foreign = await rejection(trainDenoiser(images, { ...options, steps: 1, resume: empty }));
    expect(foreign).to.have.property('code', 'bad-state');
    expect(foreign.message).to.match(/is absent; go on with the config it began with/);
    expect((await trainDenoiser(images, { ...options, steps: 1, resume: state })).steps).to.equal(1);
  });

  it('stops in the middle of a step, which then counts for nothing', async () => {
    const abort = new AbortController();
    const pixels = (index: number): Float32Array => {
      if (taken++ === 74) abort.abort(); // 10 for the checksum, 16 batches of 4
      return images.pixels(index);
    };
    let taken = 0;
    await expectNoLeak(async () => {
      const stopped = await trainDenoiser(
        { ...images, pixels },
        { ...options, steps: 40, microBatch: 2, signal: abort.signal },
      );
      expect(stopped.steps).to.equal(16);
    });
  });

  it('lets timers have their turn', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    let seen = 0;
    const onStep = (): void => {
      seen = turns;
    };
    const signal = AbortSignal.timeout(1000); // longer than any backend may hold the thread
    await trainDenoiser(images, { ...options, steps: 100_000, signal, onStep });
    clearInterval(timer);
    expect(seen).to.be.above(0);
  });

  it('ends in time though the caller takes long between steps and keeps some for itself', async () => {
    let now = 0;
    const clock = (): number => now;
    const pixels = (index: number): Float32Array => {
      now += 250; // a second for each batch of 4
      return images.pixels(index);
    };
    const onStep = (): void => {
      now += 2000;
    };
    const timed = { ...options, steps: undefined, minutes: 1, reserveMs: 20_000, clock, onStep };
    const { steps, state } = await trainDenoiser({ ...images, pixels }, timed as unknown as TrainOptions);
    expect(state.elapsedMs).to.be.within(35_000, 40_000 + 2000);
    expect(steps).to.be.within(10, 14);
  });

  const refusals: [string, Partial<Record<keyof TrainOptions, unknown>>, RegExp][] = [
    ['bad-length', { steps: undefined }, /steps, epochs, minutes/],
    ['bad-length', { steps: 2, epochs: 1 }, /epochs/],
    ['bad-length', { steps: 1.5 }, /1\.5/],
    ['bad-batch-size', { batchSize: 0 }, /0/],
    ['bad-image-shape', { config: { ...config, sample_size: 16 } }, /16,16,1.*8,8,1/],
    ['no-labels', { config: { ...config, num_class_embeds: 2 } }, /at least 3, got 2/],
    ['bad-micro-batch', { microBatch: 0 }, /0/],
    ['bad-state', { resume: { step: 1, elapsedMs: 0, smoothed: 1, tensors: new Map() } }, /absent; begin another run/],
  ];
  for (const [code, changes, message] of refusals) {
    it(`refuses ${Object.keys(changes).join(' and ')} that will not do: ${code}`, async () => {
      let caught: unknown;
      await expectNoLeak(() =>
        trainDenoiser(images, { ...options, ...changes } as TrainOptions).catch((error) => {
          caught = error;
        }),
      );
      expect(caught).to.be.instanceOf(ArgumentError).with.property('code', code);
      expect((caught as Error).message).to.match(message);
    });
  }
});
