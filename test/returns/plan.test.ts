import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import {
  ArgumentError,
  boomerangAugment,
  type Model,
  planReturn,
  type ReturnOptions,
  replay,
  type Spacing,
  type StrengthSpec,
  sigmaAt,
  type VariantRecord,
} from '../../src/index.ts';
import { SOLVERS } from '../../src/solvers/index.ts';
import { gaussianImages, gaussianModel } from '../support/gaussianModel.ts';
import { expectNoLeak } from '../support/tensors.ts';

const SPACINGS: readonly Spacing[] = ['trailing', 'leading', 'linspace', 'karras', 'power'];
const STEEP = {
  cosine: { beta_schedule: 'squaredcos_cap_v2' },
  'zero terminal SNR': { _class_name: 'DDIMScheduler', rescale_betas_zero_snr: true },
};

describe('a plan on a schedule that goes on to noise alone', () => {
  for (const [name, fields] of Object.entries(STEEP)) {
    const model = gaussianModel([4, 4, 1], 0.35, fields);
    const { schedule } = model.scheduler;
    const end = sigmaAt(schedule, 999);
    const beyond: StrengthSpec[] = [1, 0.9995, { timestep: 999 }, { sigma: end }, { sigma: end / 2 }, { snrDb: -60 }];

    it(`says of every strength beyond the noisiest level what is really done (${name})`, () => {
      for (const strength of beyond) {
        const plan = planReturn(model, { strength });
        const setting = JSON.stringify(strength);
        expect(plan.sigma, setting).to.be.closeTo(158, 0.2).and.equal(plan.legs[0]?.from);
        expect(sigmaAt(schedule, plan.timestep), setting).to.be.closeTo(plan.sigma, 1e-6);
        if (strength === 1) expect(plan).to.include({ strength: 1, fromNoise: true });
        else expect(plan.strength * 1000, setting).to.be.closeTo(plan.timestep, 1e-9);
      }
    });

    it(`leaves nothing of the image at strength 1, with any solver and spacing (${name})`, () =>
      expectNoLeak(() => {
        for (const solver of Object.keys(SOLVERS)) {
          for (const spacing of SPACINGS) {
            const [a, b] = [0.1, 0.9].map((value) => variant(model, value, { solver, spacing }));
            expect(a, `${solver} ${spacing}`)
              .to.deep.equal(b)
              .and.satisfy((all: number[]) => all.every(Number.isFinite));
          }
        }
      }));

    it(`is made again from its record (${name})`, () =>
      expectNoLeak(async () => {
        const images = gaussianImages(1, model);
        for (const strength of [...beyond, 0.95]) {
          const records: VariantRecord[] = [];
          const onVariant = (record: VariantRecord): unknown => records.push(record);
          const made = boomerangAugment({ model, strength, seed: 'a', steps: 4, onVariant })(images) as tf.Tensor4D;
          const record: VariantRecord = JSON.parse(JSON.stringify(records[0]));
          const again = await replay(model, record, images);
          expect(again).to.be.tensorCloseTo(made, 0);
          tf.dispose([made, again]);
        }
        images.dispose();
      }));
  }
});

/** A variant from noise of an image of one value, under a key of its own. */
const variant = (model: Model, value: number, options: Partial<ReturnOptions>): number[] =>
  tf.tidy(() => {
    const images = tf.fill([1, 4, 4, 1], value) as tf.Tensor4D;
    const augment = boomerangAugment({ model, strength: 1, seed: 'a', steps: 3, keys: () => ['key'], ...options });
    return Array.from((augment(images) as tf.Tensor4D).dataSync());
  });

describe('a plan in the way of diffusers', () => {
  const model = gaussianModel([4, 4, 1], 0.35, { timestep_spacing: 'leading' });
  const plan = (options: Partial<ReturnOptions>) =>
    planReturn(model, { strength: 0.5, steps: 10, solver: 'ddim', entry: 'diffusers', ...options });
  const timesteps = (options: Partial<ReturnOptions>) => plan(options).legs.map(({ timestep }) => timestep);

  it('says where it begins, not what was asked for', () => {
    expect(plan({})).to.include({ timestep: 400, strength: 0.4, evaluations: 5 });
    expect(plan({}).sigma).to.equal(sigmaAt(model.scheduler.schedule, 400));
    expect(plan({ strength: 0 })).to.include({ timestep: 0, strength: 0, evaluations: 0 });
  });

  it('takes a strength in any unit for the share that it is', () => {
    for (const strength of [{ timestep: 500 }, { sigma: sigmaAt(model.scheduler.schedule, 500) }]) {
      expect(timesteps({ strength })).to.deep.equal([400, 300, 200, 100, 0]);
    }
  });

  it('lays its steps as the scheduler does, or in the spacing that is asked for, and says which', () => {
    expect(plan({}).manner.spacing).to.equal('leading');
    expect(timesteps({ spacing: 'trailing' })).to.deep.equal([499, 399, 299, 199, 99]);
    expect(plan({ spacing: 'trailing' }).manner.spacing).to.equal('trailing');
    const bent = gaussianModel([4, 4, 1], 0.35, { _class_name: 'EulerDiscreteScheduler', use_karras_sigmas: true });
    const manner = (solver: string) => planReturn(bent, { strength: 0.5, solver, entry: 'diffusers' }).manner.spacing;
    expect([manner('euler'), manner('ddim')]).to.deep.equal(['karras', 'linspace']);
    expect(() => plan({ spacing: 'karras' }))
      .to.throw(ArgumentError, /ddim/)
      .with.property('code', 'bad-spacing');
    expect(() => plan({ spacing: 'power' }))
      .to.throw(ArgumentError, /power/)
      .with.property('code', 'bad-spacing');
  });

  it('takes as many steps as are asked for with lcm, on the timesteps of the distillation', () => {
    const distilled = gaussianModel([4, 4, 1], 0.35, { _class_name: 'LCMScheduler', original_inference_steps: 40 });
    const { legs, manner, strength } = planReturn(distilled, { strength: 0.5, entry: 'diffusers' });
    expect(legs.map(({ timestep }) => timestep)).to.deep.equal([499, 374, 249, 124]);
    expect(manner).to.include({ solver: 'lcm', steps: 4, spacing: 'trailing' });
    expect(strength).to.equal(0.499);
    expect(() => planReturn(distilled, { strength: 0.5, entry: 'diffusers', spacing: 'karras' }))
      .to.throw(ArgumentError, /distilled/)
      .with.property('code', 'bad-spacing');
  });

  it('begins where diffusers does on schedules that go on to noise alone', () => {
    const steep = gaussianModel([4, 4, 1], 0.35, STEEP.cosine);
    const { sigma, timestep } = planReturn(steep, {
      strength: 1,
      steps: 4,
      solver: 'ddim',
      entry: 'diffusers',
      spacing: 'trailing',
    });
    expect({ sigma, timestep }).to.deep.equal({ sigma: sigmaAt(steep.scheduler.schedule, 999), timestep: 999 });
  });
});

describe('a plan that is asked for nothing but a strength', () => {
  const manner = (fields: object, options: Partial<ReturnOptions> = {}) => {
    const { solver, steps, spacing } = planReturn(gaussianModel([4, 4, 1], 0.35, { ...fields }), {
      strength: 0.5,
      ...options,
    }).manner;
    return [solver, steps, spacing];
  };
  const distilled = { _class_name: 'LCMScheduler' };

  it('takes the solver that suits the model, and the way that suits the solver', () => {
    for (const _class_name of ['PNDMScheduler', 'UniPCMultistepScheduler', 'EulerDiscreteScheduler']) {
      expect(manner({ _class_name, timestep_spacing: 'trailing' })).to.deep.equal(['dpm++2m', 7, 'karras']);
    }
    expect(manner(distilled)).to.deep.equal(['lcm', 4, 'trailing']);
    expect(manner(distilled, { eta: 0.5 })).to.deep.equal(['ddim', 10, 'trailing']);
    expect(manner({}, { solver: 'unipc' })).to.deep.equal(['unipc', 7, 'karras']);
    expect(manner({}, { solver: 'power2m' })).to.deep.equal(['power2m', 6, 'power']);
    expect(manner({}, { solver: 'lcm' })).to.deep.equal(['lcm', 4, 'trailing']);
  });

  it('gives lcm the timestep scaling of the model', () =>
    expectNoLeak(() => {
      const back = (timestep_scaling: number): number[] =>
        variant(gaussianModel([4, 4, 1], 0.35, { ...distilled, timestep_scaling }), 0.5, { strength: 0.01, steps: 2 });
      expect(back(10)).to.deep.equal(back(10)).and.not.deep.equal(back(0.01));
    }));
});
