import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DEFAULTS } from '../../src/checkpoints/schedulerClasses.ts';
import { parseSchedulerConfig } from '../../src/checkpoints/schedulerConfig.ts';
import { HARMLESS } from '../../src/checkpoints/schedulerDefaults.ts';
import { CheckpointError } from '../../src/errors.ts';
import { describeShared, root, shared } from '../support/shared.ts';

/** What diffusers' constructors take, with their defaults; see test/fixtures/solvers/README.md. */
const CONSTRUCTORS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  readFileSync(join(root, 'test/fixtures/solvers/scheduler-defaults.json'), 'utf8'),
);

const parse = (name: string, fields: Record<string, unknown> = {}) =>
  parseSchedulerConfig({ _class_name: `${name}Scheduler`, ...fields });
const alphaBar = (name: string, fields: Record<string, unknown> = {}) => parse(name, fields).schedule.alphaBar;

/** The product of 1 - beta, for betas that follow from their place in [0, 1]. */
const product = (count: number, beta: (share: number) => number): number =>
  Array.from({ length: count }, (_, i) => 1 - beta(i / (count - 1))).reduce((a, b) => a * b);

describe('parseSchedulerConfig', () => {
  it('knows the classes whose constructors are compared', () => {
    expect(Object.keys(DEFAULTS)).to.have.members(Object.keys(CONSTRUCTORS)).and.have.lengthOf(14);
  });

  for (const [className, parameters] of Object.entries(CONSTRUCTORS)) {
    it(`knows exactly the parameters of ${className}, and what they are by default`, () => {
      const written = Object.entries(parameters).map(([field, value]) => [
        field,
        value === '-Infinity' ? -1 / 0 : value,
      ]);
      expect(Object.keys(DEFAULTS[className] ?? {})).to.have.members(Object.keys(parameters));
      const silent = parseSchedulerConfig({ _class_name: className });
      expect(parseSchedulerConfig({ _class_name: className, ...Object.fromEntries(written) })).to.deep.equal(silent);
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
      className: 'DDIMScheduler',
      prediction: 'v_prediction',
      clip: 2.5,
      spacing: 'trailing',
      stepsOffset: 1,
      isKarras: false,
      setAlphaToOne: false,
      variance: 'small',
    });
    expect(parse('UniPCMultistep', { use_karras_sigmas: true }).isKarras).to.equal(true);
    expect(parse('DDPM', { clip_sample: false }).clip).to.equal(undefined);
  });

  it('knows a model that was distilled to latent consistency by its class alone', () => {
    const given = { original_inference_steps: 40, timestep_scaling: 5 };
    expect(parse('LCM').consistency).to.deep.equal({ originalSteps: 50, timestepScaling: 10 });
    expect(parse('LCM', given).consistency).to.deep.equal({ originalSteps: 40, timestepScaling: 5 });
    expect(parse('DDIM', given)).to.deep.equal(parse('DDIM'));
  });

  it('spreads the steps of a class without a spacing as that class does, whatever its config kept', () => {
    const kept = { timestep_spacing: 'leading', steps_offset: 1 };
    expect(parse('DPMSolverSinglestep', kept)).to.include({ spacing: 'linspace', stepsOffset: 0 });
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
    ['DPMSolverMultistep', { prediction_type: 'flow_prediction' }, /prediction_type "flow_prediction".*flow matching/],
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
    ['UniPCMultistep', { use_flow_sigmas: true }, /use_flow_sigmas true.*flow matching/],
    ['UniPCMultistep', { sigma_min: 0.1 }, /sigma_min 0\.1.*supported: null/],
    ['FlowMatchEulerDiscrete', {}, /_class_name "FlowMatchEulerDiscreteScheduler".*flow matching.*choose a model/],
    ['FlowMatchHeunDiscrete', {}, /flow matching/],
    ['EDMEuler', {}, /_class_name "EDMEulerScheduler".*EDM.*choose a model/],
    ['EDMDPMSolverMultistep', {}, /EDM/],
    ['SASolver', {}, /_class_name "SASolverScheduler".*DDPMScheduler.*UniPCMultistepScheduler/],
  ] as const) {
    it(`refuses ${name} with ${JSON.stringify(fields)} by name`, () => {
      expect(() => parse(name, fields))
        .to.throw(CheckpointError, message)
        .with.property('code', 'unsupported-config');
    });
  }

  for (const [fields, message] of [
    [{ original_inference_steps: 0 }, /original_inference_steps.*from 1 to num_train_timesteps \(1000\), got 0/],
    [{ original_inference_steps: 1001 }, /got 1001/],
    [{ original_inference_steps: 12.5 }, /got 12\.5/],
    [{ timestep_scaling: 0 }, /timestep_scaling.*above 0, got 0/],
  ] as const) {
    it(`refuses an LCM with ${JSON.stringify(fields)}`, () => {
      expect(() => parse('LCM', fields))
        .to.throw(CheckpointError, message)
        .with.property('code', 'bad-config');
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

/** Another value than the default for each parameter. */
const PARAMETERS: Readonly<Record<string, unknown>> = {
  num_train_timesteps: 500,
  beta_start: 0.0002,
  beta_end: 0.01,
  beta_schedule: 'squaredcos_cap_v2',
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
  predict_x0: false,
  disable_corrector: [0],
  solver_p: {},
  shift_terminal: 0.1,
  original_inference_steps: 40,
  timestep_scaling: 5,
  trained_betas: Array.from({ length: 1000 }, () => 0.01),
};

describe('every parameter of a scheduler', () => {
  for (const [className, parameters] of Object.entries(CONSTRUCTORS)) {
    for (const [field, usual] of Object.entries(parameters)) {
      it(`counts, is refused, or is known to change nothing: ${field} of ${className}`, () => {
        const { [field]: change } = PARAMETERS;
        expect(change).to.not.equal(undefined);
        const fields = { _class_name: className, ...(field === 'clip_sample_range' ? { clip_sample: true } : {}) };
        const plain = parseSchedulerConfig(fields);
        const value = typeof change === 'function' ? change(usual) : change;
        const outcome = attempt(() => parseSchedulerConfig({ ...fields, [field]: value }));
        if (outcome instanceof Error) expect(outcome.message).to.include(field);
        else if (Object.hasOwn(HARMLESS, field)) expect(outcome).to.deep.equal(plain);
        else expect(outcome).to.not.deep.equal(plain);
      });
    }
  }
});

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
