import { expect } from 'chai';
import { describedScheduler } from '../../src/checkpoints/describedScheduler.ts';
import { checkDescription, parseSidecar, readDescription } from '../../src/checkpoints/sidecar.ts';
import { ArgumentError, CheckpointError } from '../../src/errors.ts';
import { alphaBarTable } from '../../src/noise/alphaBar.ts';
import { cosineBetas, linearBetas } from '../../src/noise/betas.ts';
import { folderOf, graphFiles } from '../support/foreignModels.ts';
import { rejection } from '../support/scratch.ts';

const prediction = 'epsilon';

describe('description of a model', () => {
  const good = {
    nullLabel: 10,
    classes: ['cat', 'dog'],
    schedule: { num_train_timesteps: 300 },
    prediction,
    inputs: { image: 'x', time: 't', label: 'y' },
    output: 'noise',
    layout: 'NCHW',
    imageShape: [64, 48, 3],
  };

  it('is taken as it is, beside the model or from the caller', () => {
    expect(parseSidecar(good)).to.deep.equal(good);
    expect(checkDescription(good)).to.deep.equal(good);
  });

  for (const [field, value] of [
    ['nullLabel', -1],
    ['classes', 'cat'],
    ['schedule', [0.1]],
    ['prediction', 'noise'],
    ['inputs', { image: 'x' }],
    ['inputs', { image: 'x', time: 't', label: 3 }],
    ['inputs', { image: 'x', time: 't', mask: 'm' }],
    ['output', ''],
    ['layout', 'CHWN'],
    ['imageShape', [64, 64]],
    ['imageShape', [64, 64, 0]],
    ['scheduler', {}],
  ] as const) {
    it(`may not say ${field} ${JSON.stringify(value)}`, () => {
      const fields = { ...good, [field]: value };
      expect(() => parseSidecar(fields), 'beside')
        .to.throw(CheckpointError, field)
        .with.property('code', 'bad-sidecar');
      expect(() => checkDescription(fields), 'given')
        .to.throw(ArgumentError, field)
        .with.property('code', 'bad-description');
    });
  }

  it('may say beside the model that it is unfinished, and why; the caller may not', () => {
    expect(parseSidecar({ ...good, unfinished: 'noise' })).to.deep.equal({ ...good, unfinished: 'noise' });
    for (const unfinished of ['', true]) {
      expect(() => parseSidecar({ unfinished }))
        .to.throw(CheckpointError, 'why')
        .with.property('code', 'bad-sidecar');
    }
    expect(() => checkDescription({ unfinished: 'noise' })).to.throw(ArgumentError, 'unfinished');
  });

  it('of the caller counts more than that beside the model, field by field', async () => {
    const folder = folderOf(graphFiles(), { 'boomerang.json': { output: 'a', layout: 'NHWC' } });
    expect(await readDescription(folder, 'model.json', { output: 'b' })).to.deep.equal({ output: 'b', layout: 'NHWC' });
    expect(await readDescription(folder, 'sub/model.json', {})).to.deep.equal({});
    const broken = folderOf(graphFiles(), { 'boomerang.json': { outputs: 'a' } });
    expect((await rejection(readDescription(broken, 'model.json', {}))).code).to.equal('bad-sidecar');
  });
});

describe('described schedule', () => {
  const scheduler = (schedule: Readonly<Record<string, unknown>>) =>
    describedScheduler({ schedule, prediction }, 'a model');

  it('may be said in the fields of a scheduler config', () => {
    const { schedule, clip } = scheduler({ num_train_timesteps: 50, beta_end: 0.01 });
    expect(schedule.alphaBar).to.deep.equal(alphaBarTable(linearBetas(50, 1e-4, 0.01)));
    expect(clip).to.equal(1);
    expect(scheduler({ clip_sample: false }).clip).to.equal(undefined);
  });

  it('may be a cosine with bounds of its own', () => {
    const { alphaBar } = scheduler({ num_train_timesteps: 300, cosine: { minBeta: 1e-4, maxBeta: 0.9999 } }).schedule;
    expect(alphaBar).to.deep.equal(alphaBarTable(cosineBetas(300, { minBeta: 1e-4, maxBeta: 0.9999 })));
    expect(alphaBar).to.not.deep.equal(alphaBarTable(cosineBetas(300)));
  });

  it('may be a table', () => {
    expect(scheduler({ alphaBar: [0.9, 0.5, 0.1] }).schedule.alphaBar).to.deep.equal([0.9, 0.5, 0.1]);
  });

  it('has the prediction that is said, in either place', () => {
    expect(describedScheduler({ schedule: {}, prediction: 'v_prediction' }, '').prediction).to.equal('v_prediction');
    expect(describedScheduler({ schedule: { prediction_type: 'sample' } }, '').prediction).to.equal('sample');
    expect(() => describedScheduler({ schedule: { prediction_type: 'sample' }, prediction }, '')).to.throw(
      CheckpointError,
      /epsilon.*sample/,
    );
  });

  for (const [lacking, description] of [
    ['noise schedule', { prediction }],
    ['output means', { schedule: {} }],
  ] as const) {
    it(`says what to write when the model's ${lacking} is not known`, () => {
      expect(() => describedScheduler(description, 'face.json'))
        .to.throw(CheckpointError, /face\.json.*boomerang\.json.*"schedule": \{.*"prediction": "epsilon"/)
        .with.property('code', 'missing-description');
    });
  }

  for (const [fault, schedule] of [
    ['an unknown field', { timesteps: 300 }],
    ['an unknown bound', { cosine: { max_beta: 0.9 } }],
    ['a bound that is no number', { cosine: { maxBeta: '0.9' } }],
    ['a bound beyond 1', { cosine: { maxBeta: 1.5 } }],
    ['betas and a cosine', { cosine: {}, beta_end: 0.02 }],
    ['a cosine and a table', { cosine: {}, alphaBar: [0.9, 0.1] }],
    ['a table and a number of timesteps', { num_train_timesteps: 3, alphaBar: [0.9, 0.1] }],
    ['a table that rises', { alphaBar: [0.1, 0.9] }],
    ['a table that is none', { alphaBar: 0.9 }],
    ['a table of words', { alphaBar: ['0.9', '0.1'] }],
  ] as const) {
    it(`is refused with ${fault}`, () => {
      expect(() => scheduler(schedule))
        .to.throw(CheckpointError)
        .with.property('code', 'bad-description');
    });
  }

  it('may be a whole config, pasted, with fields that are not read', () => {
    const pasted = { _class_name: 'DDIMScheduler', _diffusers_version: '0.29.2', sample_max_value: 1 };
    expect(scheduler(pasted).schedule.alphaBar).to.have.lengthOf(1000);
  });
});
