import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseSchedulerConfig } from '../../src/checkpoints/schedulerConfig.ts';
import { HARMLESS } from '../../src/checkpoints/schedulerDefaults.ts';
import { CheckpointError } from '../../src/errors.ts';
import { describeShared, shared } from '../support/shared.ts';

const parse = (name: string, fields: Record<string, unknown> = {}) =>
  parseSchedulerConfig({ _class_name: `${name}Scheduler`, ...fields });
const alphaBar = (name: string, fields: Record<string, unknown> = {}) => parse(name, fields).schedule.alphaBar;

/** The product of 1 - beta, for betas that follow from their place in [0, 1]. */
const product = (count: number, beta: (share: number) => number): number =>
  Array.from({ length: count }, (_, i) => 1 - beta(i / (count - 1))).reduce((a, b) => a * b);

describe('parseSchedulerConfig', () => {
  /** From the signatures of diffusers' constructors. */
  for (const [name, clip, spacing, setAlphaToOne] of [
    ['DDPM', 1, 'leading', true],
    ['DDIM', 1, 'leading', true],
    ['PNDM', undefined, 'leading', false],
    ['EulerDiscrete', undefined, 'linspace', true],
    ['EulerAncestralDiscrete', undefined, 'linspace', true],
    ['HeunDiscrete', undefined, 'linspace', true],
    ['DPMSolverMultistep', undefined, 'linspace', true],
  ] as const) {
    it(`knows the defaults of ${name}`, () => {
      const { schedule, ...rest } = parse(name);
      expect(schedule.alphaBar).to.have.lengthOf(1000);
      expect(rest).to.deep.equal({
        prediction: 'epsilon',
        clip,
        spacing,
        stepsOffset: 0,
        isKarras: false,
        setAlphaToOne,
        variance: 'small',
      });
    });
  }

  it('lets the betas rise from 1e-4 to 0.02 by default, but with Heun from 8.5e-4 to 0.012', () => {
    expect(alphaBar('DDIM').at(-1)).to.be.closeTo(
      product(1000, (u) => 1e-4 + u * 0.0199),
      1e-9,
    );
    expect(alphaBar('HeunDiscrete').at(-1)).to.be.closeTo(
      product(1000, (u) => 85e-5 + u * 0.01115),
      1e-8,
    );
  });

  it('computes every beta schedule from its parameters', () => {
    const range = { num_train_timesteps: 500, beta_start: 0.001, beta_end: 0.01 };
    const [start, end] = [Math.sqrt(0.001), Math.sqrt(0.01)];
    const last = (beta_schedule: string) => alphaBar('DDPM', { ...range, beta_schedule }).at(-1);
    expect(last('linear')).to.be.closeTo(
      product(500, (u) => 0.001 + u * 0.009),
      1e-6,
    );
    expect(last('scaled_linear')).to.be.closeTo(
      product(500, (u) => (start + u * (end - start)) ** 2),
      1e-6,
    );
    expect(last('sigmoid')).to.be.closeTo(
      product(500, (u) => 0.001 + 0.009 / (1 + Math.exp(6 - 12 * u))),
      1e-6,
    );
    const cosine = alphaBar('DDPM', { ...range, beta_schedule: 'squaredcos_cap_v2' });
    const signal = (u: number) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    expect(cosine[249]).to.be.closeTo(signal(0.5) / signal(0), 1e-6);
  });

  it('takes betas that the config lists', () => {
    const fields = { num_train_timesteps: 3, trained_betas: [0.25, 0.5, 1] };
    expect(alphaBar('DDPM', fields).slice(0, 2)).to.deep.equal([0.75, 0.375]);
    expect(alphaBar('DDPM', fields)[2]).to.be.within(Number.MIN_VALUE, 1e-6);
  });

  it('leaves hardly any signal at the end where the SNR is to be zero, and all that was there at the start', () => {
    const [usual, zero] = [alphaBar('DDIM'), alphaBar('DDIM', { rescale_betas_zero_snr: true })];
    expect(zero[0]).to.be.closeTo(usual[0] ?? 0, 1e-7);
    expect(zero.at(-1)).to.be.within(Number.MIN_VALUE, 1e-6);
    expect(zero[500]).to.be.below(usual[500] ?? 0);
  });

  it('reads what a config says', () => {
    const fields = { clip_sample_range: 2.5, timestep_spacing: 'trailing', steps_offset: 1, set_alpha_to_one: false };
    const { schedule, ...rest } = parse('DDIM', { ...fields, prediction_type: 'v_prediction' });
    expect(schedule.alphaBar).to.have.lengthOf(1000);
    expect(rest).to.deep.equal({
      prediction: 'v_prediction',
      clip: 2.5,
      spacing: 'trailing',
      stepsOffset: 1,
      isKarras: false,
      setAlphaToOne: false,
      variance: 'small',
    });
    expect(parse('EulerDiscrete', { use_karras_sigmas: true }).isKarras).to.equal(true);
    expect(parse('DDPM', { clip_sample: false }).clip).to.equal(undefined);
  });

  for (const [variance_type, variance] of [
    ['fixed_small', 'small'],
    ['fixed_small_log', 'small'],
    ['fixed_large', 'large'],
    ['fixed_large_log', 'large'],
    [null, 'small'],
  ] as const) {
    it(`takes the variance ${variance_type} for ${variance}`, () => {
      expect(parse('DDPM', { variance_type }).variance).to.equal(variance);
    });
  }

  it('passes over fields that the class does not have, as diffusers does', () => {
    const foreign = {
      clip_sample: true,
      thresholding: true,
      solver_order: 3,
      sigma_data: 0.5,
      _note: {},
      unused: null,
    };
    expect(parse('PNDM', foreign)).to.deep.equal(parse('PNDM'));
    expect(parse('EulerAncestralDiscrete', { ...foreign, use_karras_sigmas: true }).isKarras).to.equal(false);
  });

  for (const [name, fields, message] of [
    ['DDPM', { thresholding: true }, /thresholding true.*supported: false/],
    ['DPMSolverMultistep', { thresholding: true }, /thresholding/],
    ['DDPM', { variance_type: 'learned_range' }, /variance_type "learned_range".*fixed_small/],
    ['DPMSolverMultistep', { variance_type: 'learned' }, /variance_type "learned"/],
    ['DDPM', { beta_schedule: 'laplace' }, /beta_schedule "laplace".*squaredcos_cap_v2/],
    ['HeunDiscrete', { beta_schedule: 'exp' }, /beta_schedule "exp"/],
    ['DDPM', { beta_schedule: 'toString' }, /beta_schedule "toString"/],
    ['DPMSolverMultistep', { prediction_type: 'flow_prediction' }, /prediction_type "flow_prediction"/],
    ['DPMSolverMultistep', { use_flow_sigmas: true }, /use_flow_sigmas true/],
    ['EulerDiscrete', { timestep_type: 'continuous' }, /timestep_type "continuous".*discrete/],
    ['EulerDiscrete', { use_beta_sigmas: true }, /use_beta_sigmas true/],
    ['EulerDiscrete', { interpolation_type: 'log_linear' }, /interpolation_type "log_linear"/],
    ['DPMSolverMultistep', { final_sigmas_type: 'sigma_min' }, /final_sigmas_type "sigma_min"/],
    ['DDIM', { timestep_spacing: 'karras' }, /timestep_spacing "karras"/],
    ['DPMSolverMultistep', { lambda_min_clipped: -5.1 }, /lambda_min_clipped -5\.1.*supported: -Infinity/],
    ['DPMSolverMultistep', { use_dynamic_shifting: true }, /use_dynamic_shifting true/],
    ['EulerDiscrete', { sigma_max: 80 }, /sigma_max 80.*supported: null/],
    ['DDPM', { prediciton_type: 'v_prediction' }, /prediciton_type "v_prediction".*no scheduler.*remove it/],
    ['DDPM', { predict_epsilon: false }, /predict_epsilon false.*"prediction_type": "sample"/],
    ['FlowMatchEulerDiscrete', {}, /_class_name "FlowMatchEulerDiscreteScheduler".*DDPMScheduler/],
  ] as const) {
    it(`refuses ${name} with ${JSON.stringify(fields)} by name`, () => {
      expect(() => parse(name, fields))
        .to.throw(CheckpointError, message)
        .with.property('code', 'unsupported-config');
    });
  }

  it('refuses a config without a class', () => {
    expect(() => parseSchedulerConfig({ beta_start: 0.1 }))
      .to.throw(CheckpointError, /_class_name/)
      .with.property('code', 'unsupported-config');
  });

  for (const [fields, message] of [
    [{ num_train_timesteps: '1000' }, /num_train_timesteps.*a number, got "1000"/],
    [{ num_train_timesteps: 1 }, /at least 2 timesteps/],
    [{ num_train_timesteps: 10.5 }, /10\.5/],
    [{ beta_start: 0.5, beta_end: 0.1 }, /0\.5 to 0\.1/],
    [{ beta_end: 1.5 }, /1\.5/],
    [{ beta_end: Number.POSITIVE_INFINITY }, /beta_end.*a finite number, got Infinity/],
    [{ clip_sample_range: Number.POSITIVE_INFINITY }, /clip_sample_range.*a finite number, got Infinity/],
    [{ trained_betas: [0.1, 0.2] }, /trained_betas.*1000/],
    [{ num_train_timesteps: 2, trained_betas: [0.1, 2] }, /trained_betas.*within \(0, 1\]/],
    [{ trained_betas: 'all' }, /trained_betas/],
    [{ clip_sample: 1 }, /clip_sample.*a boolean, got 1/],
    [{ clip_sample_range: 0 }, /clip_sample_range.*above 0/],
    [{ steps_offset: -1 }, /steps_offset.*-1/],
    [{ prediction_type: 7 }, /prediction_type.*a string/],
  ] as const) {
    it(`refuses ${JSON.stringify(fields)}`, () => {
      expect(() => parse('DDPM', fields))
        .to.throw(CheckpointError, message)
        .with.property('code', 'bad-config');
    });
  }
});

/** The constructors of diffusers 0.40, all parameters but `trained_betas`, and another value than the default for each. */
const PARAMETERS: Readonly<Record<string, unknown>> = {
  num_train_timesteps: 500,
  beta_start: 0.0002,
  beta_end: 0.01,
  beta_schedule: 'scaled_linear',
  prediction_type: 'v_prediction',
  timestep_spacing: 'trailing',
  steps_offset: 1,
  clip_sample: (was: unknown) => !was,
  clip_sample_range: 2,
  set_alpha_to_one: (was: unknown) => !was,
  rescale_betas_zero_snr: true,
  variance_type: 'fixed_large',
  thresholding: true,
  dynamic_thresholding_ratio: 0.9,
  sample_max_value: 2,
  use_karras_sigmas: true,
  use_exponential_sigmas: true,
  use_beta_sigmas: true,
  use_lu_lambdas: true,
  use_flow_sigmas: true,
  use_dynamic_shifting: true,
  flow_shift: 3,
  time_shift_type: 'linear',
  timestep_type: 'continuous',
  interpolation_type: 'log_linear',
  final_sigmas_type: 'sigma_min',
  sigma_min: 0.1,
  sigma_max: 10,
  lambda_min_clipped: -5,
  solver_order: 3,
  algorithm_type: 'dpmsolver',
  solver_type: 'heun',
  lower_order_final: false,
  euler_at_final: true,
  skip_prk_steps: true,
};
const SHARED_PARAMETERS =
  'num_train_timesteps beta_start beta_end beta_schedule prediction_type timestep_spacing steps_offset';
const THRESHOLDING = 'thresholding dynamic_thresholding_ratio sample_max_value';
const SIGMAS = 'use_karras_sigmas use_exponential_sigmas use_beta_sigmas';
const OWN_PARAMETERS: Readonly<Record<string, string>> = {
  DDPM: `variance_type clip_sample clip_sample_range rescale_betas_zero_snr ${THRESHOLDING}`,
  DDIM: `clip_sample clip_sample_range set_alpha_to_one rescale_betas_zero_snr ${THRESHOLDING}`,
  PNDM: 'skip_prk_steps set_alpha_to_one',
  EulerDiscrete: `interpolation_type ${SIGMAS} sigma_min sigma_max timestep_type rescale_betas_zero_snr final_sigmas_type`,
  EulerAncestralDiscrete: 'rescale_betas_zero_snr',
  HeunDiscrete: `${SIGMAS} clip_sample`,
  DPMSolverMultistep: `solver_order ${THRESHOLDING} algorithm_type solver_type lower_order_final euler_at_final ${SIGMAS}
    use_lu_lambdas use_flow_sigmas flow_shift final_sigmas_type lambda_min_clipped variance_type rescale_betas_zero_snr
    use_dynamic_shifting time_shift_type`,
};

describe('every parameter of a scheduler', () => {
  for (const [name, own] of Object.entries(OWN_PARAMETERS)) {
    for (const field of `${SHARED_PARAMETERS} ${own}`.split(/\s+/)) {
      it(`counts, is refused, or is known to change nothing: ${field} of ${name}`, () => {
        const { [field]: change } = PARAMETERS;
        const plain = parse(name);
        const value = typeof change === 'function' ? change(isSet(field, plain)) : change;
        const outcome = attempt(() => parse(name, { [field]: value }));
        if (outcome instanceof Error) expect(outcome.message).to.include(field);
        else if (Object.hasOwn(HARMLESS, field)) expect(outcome).to.deep.equal(plain);
        else expect(outcome).to.not.deep.equal(plain);
      });
    }
  }
});

/** Whether a switch is on by default. */
const isSet = (field: string, { clip, setAlphaToOne }: ReturnType<typeof parse>): boolean =>
  field === 'clip_sample' ? clip !== undefined : setAlphaToOne;

const attempt = <T>(compute: () => T): T | Error => {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
};

describeShared('the scheduler configs of the golden solver runs', 'goldens/diffusers/solvers/index.json', () => {
  const CLASSES: Record<string, string> = { ddpm: 'DDPM', ddim: 'DDIM', euler: 'EulerDiscrete', heun: 'HeunDiscrete' };
  const runs: { name: string; kind: string; config: { prediction_type?: string; use_karras_sigmas?: boolean } }[] =
    JSON.parse(readFileSync(shared('goldens/diffusers/solvers/index.json'), 'utf8'));

  it('are not none', () => expect(runs).to.not.be.empty);

  for (const { name, kind, config } of runs) {
    it(`${name} is read`, () => {
      const className = CLASSES[kind] ?? (kind.includes('ancestral') ? 'EulerAncestralDiscrete' : 'DPMSolverMultistep');
      const { prediction, isKarras } = parse(className, config);
      expect(prediction).to.equal(config.prediction_type ?? 'epsilon');
      expect(isKarras).to.equal(config.use_karras_sigmas ?? false);
    });
  }
});
