import { expect } from 'chai';
import { openDiffusers } from '../../src/checkpoints/diffusers.ts';
import type { StoredTensor } from '../../src/checkpoints/dtypes.ts';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { float32ToFloat16 } from '../../src/checkpoints/halfFloat.ts';
import { writeSafetensors } from '../../src/checkpoints/writeSafetensors.ts';
import { CheckpointError } from '../../src/errors.ts';

const STEM = 'diffusion_pytorch_model';
const json = (value: unknown): Uint8Array => text(JSON.stringify(value));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const f32 = (...values: number[]): StoredTensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const weights = (tensors: Record<string, StoredTensor>): Uint8Array =>
  writeSafetensors(new Map(Object.entries(tensors)));

const CONFIG = json({ _class_name: 'UNet2DModel', sample_size: 28 });
const DDIM = json({ _class_name: 'DDIMScheduler', prediction_type: 'v_prediction' });
const WEIGHTS = weights({ a: f32(1, -2), b: f32(0.1) });
const OWN: Record<string, Uint8Array> = { 'config.json': CONFIG, [`${STEM}.safetensors`]: WEIGHTS };
const PIPELINE: Record<string, Uint8Array> = {
  'unet/config.json': CONFIG,
  [`unet/${STEM}.safetensors`]: WEIGHTS,
  'scheduler/scheduler_config.json': DDIM,
};
const SHARDS: Record<string, Uint8Array> = {
  'config.json': CONFIG,
  [`${STEM}.safetensors.index.json`]: json({
    weight_map: { a: 'x-1.safetensors', b: 'x-2.safetensors', c: 'x-1.safetensors' },
  }),
  'x-1.safetensors': weights({ a: f32(1), c: f32(3) }),
  'x-2.safetensors': weights({ b: f32(2) }),
};

const index = (name: string, parts: object): Uint8Array =>
  json({ _class_name: name, _diffusers_version: '0', ...parts });
const part = (name: string, library = 'diffusers') => [library, name];
const PIXELS = { unet: part('UNet2DModel'), scheduler: part('DDIMScheduler') };
/** As their index files have them. */
const PIPELINES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  StableDiffusionInpaintPipeline: {
    ...{ ...PIXELS, unet: part('UNet2DConditionModel'), vae: part('AutoencoderKL') },
    ...{ text_encoder: part('CLIPTextModel', 'transformers'), tokenizer: part('CLIPTokenizer', 'transformers') },
  },
  StableDiffusionControlNetPipeline: { ...PIXELS, vae: part('AutoencoderKL'), controlnet: part('ControlNetModel') },
  LDMSuperResolutionPipeline: { ...PIXELS, vqvae: part('VQModel') },
  DiTPipeline: { transformer: part('DiTTransformer2DModel'), vae: part('AutoencoderKL'), scheduler: PIXELS.scheduler },
  KandinskyV22Pipeline: { ...PIXELS, movq: part('VQModel') },
  UnCLIPPipeline: { prior: part('PriorTransformer'), decoder: part('UNet2DConditionModel') },
  DanceDiffusionPipeline: { ...PIXELS, unet: part('UNet1DModel') },
  TextToVideoSDPipeline: { ...PIXELS, unet: part('UNet3DConditionModel'), vae: part('AutoencoderKL') },
  AudioDiffusionPipeline: { ...PIXELS, mel: part('Mel') },
  ConsistencyModelPipeline: PIXELS,
  ScoreSdeVePipeline: PIXELS,
};

const open = (files: Record<string, Uint8Array>) =>
  openDiffusers(memoryFolder('somewhere', new Map(Object.entries(files))));
const without = (files: Record<string, Uint8Array>, name: string): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => path !== name));
const failure = async (files: Record<string, Uint8Array>): Promise<CheckpointError> => {
  try {
    await open(files);
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  return expect.fail('nothing was refused');
};

describe('openDiffusers', () => {
  it("opens a pipeline's folder", async () => {
    const { config, weights, weightFiles, scheduler, isSchedulerAssumed, sidecar } = await open(PIPELINE);
    expect(config).to.deep.equal({ _class_name: 'UNet2DModel', sample_size: 28 });
    expect([...weights]).to.deep.equal([
      ['a', { shape: [2], data: Float32Array.of(1, -2) }],
      ['b', { shape: [1], data: Float32Array.of(0.1) }],
    ]);
    expect(weightFiles).to.deep.equal([`unet/${STEM}.safetensors`]);
    expect(scheduler.prediction).to.equal('v_prediction');
    expect(isSchedulerAssumed).to.equal(false);
    expect(sidecar).to.deep.equal({});
  });

  it("opens a network's own folder and says that it assumed DDPM's schedule", async () => {
    const { weights, scheduler, isSchedulerAssumed } = await open(OWN);
    expect([...weights.keys()]).to.deep.equal(['a', 'b']);
    expect(scheduler).to.include({ prediction: 'epsilon', clip: 1, spacing: 'leading' });
    expect(isSchedulerAssumed).to.equal(true);
  });

  it("takes a scheduler's config that lies beside the network's", async () => {
    const { scheduler, isSchedulerAssumed } = await open({ ...OWN, 'scheduler_config.json': DDIM });
    expect(scheduler.prediction).to.equal('v_prediction');
    expect(isSchedulerAssumed).to.equal(false);
  });

  it('reads half precision under its own file name, as float32', async () => {
    const half: StoredTensor = { dtype: 'F16', shape: [1, 2], data: float32ToFloat16(Float32Array.of(0.5, -65504)) };
    const { weights: read } = await open({ 'config.json': CONFIG, [`${STEM}.fp16.safetensors`]: weights({ a: half }) });
    expect(read.get('a')).to.deep.equal({ shape: [1, 2], data: Float32Array.of(0.5, -65504) });
  });

  it('prefers the full precision where both are there', async () => {
    const other = weights({ z: f32(9) });
    expect([...(await open({ ...OWN, [`${STEM}.fp16.safetensors`]: other })).weights.keys()]).to.deep.equal(['a', 'b']);
  });

  it('gathers the shards that an index lists, each file once', async () => {
    const { weights, weightFiles } = await open(SHARDS);
    expect([...weights].map(([name, { data }]) => [name, data[0]])).to.deep.equal([
      ['a', 1],
      ['c', 3],
      ['b', 2],
    ]);
    expect(weightFiles).to.deep.equal(['x-1.safetensors', 'x-2.safetensors']);
  });

  it('reads the sidecar', async () => {
    const fields = { nullLabel: 0, classes: ['cat', 'dog'], schedule: { beta_schedule: 'squaredcos_cap_v2' } };
    const { sidecar, isSchedulerAssumed, scheduler } = await open({ ...OWN, 'boomerang.json': json(fields) });
    expect(sidecar).to.deep.equal(fields);
    expect(isSchedulerAssumed).to.equal(false);
    expect(scheduler.schedule.alphaBar[500]).to.be.closeTo(0.493, 0.005);
  });

  it('reads the infinities that Python writes into JSON', async () => {
    const config =
      '{"_class_name":"DPMSolverMultistepScheduler","lambda_min_clipped":-Infinity,"_x":"NaN \\" Infinity","_y":NaN}';
    const { scheduler } = await open({ ...OWN, 'scheduler_config.json': text(config) });
    expect(scheduler.spacing).to.equal('linspace');
  });

  it('gives one digest per content, wherever the files lie', async () => {
    const own = { ...OWN, 'scheduler_config.json': DDIM };
    const changed = { a: f32(1, -2.0000002), b: f32(0.1) };
    const digests = await Promise.all(
      [
        PIPELINE,
        own,
        OWN,
        { ...OWN, 'boomerang.json': json({ nullLabel: 1 }) },
        { ...OWN, [`${STEM}.safetensors`]: weights(changed) },
      ].map(async (files) => (await open(files)).digest),
    );
    expect(digests[0])
      .to.match(/^[0-9a-f]{16}$/)
      .and.to.equal(digests[1]);
    expect(new Set(digests).size).to.equal(4);
  });

  it('opens a pipeline that says what it is, and takes the scheduler around the folder of a network', async () => {
    const { scheduler } = await open({ ...PIPELINE, 'model_index.json': index('DDIMPipeline', PIXELS) });
    expect(scheduler.prediction).to.equal('v_prediction');
    const around = {
      ...OWN,
      '../model_index.json': index('DDPMPipeline', PIXELS),
      '../scheduler/scheduler_config.json': DDIM,
    };
    const outline = await open(around);
    expect(outline.isSchedulerAssumed).to.equal(false);
    expect(outline.scheduler.prediction).to.equal('v_prediction');
  });

  it('refuses the network alone of a pipeline that is opened whole', async () => {
    for (const name of ['LDMPipeline', 'StableDiffusionPipeline']) {
      const { vae, ...others } = PIPELINES['StableDiffusionInpaintPipeline'] as Record<string, unknown>;
      const parts = name === 'LDMPipeline' ? { ...PIXELS, vqvae: part('VQModel') } : { ...others, vae };
      const error = await failure({ ...OWN, '../model_index.json': index(name, parts) });
      expect(error.code).to.equal('unsupported-pipeline');
      expect(error.message).to.match(new RegExp(`somewhere is the network of a ${name}.*name the folder around it`));
    }
  });

  it('passes over parts that a pipeline leaves out', async () => {
    const parts = { ...PIXELS, safety_checker: [null, null], requires_safety_checker: false, _ignore_files: ['x'] };
    await open({ ...PIPELINE, 'model_index.json': index('DDPMPipeline', parts) });
  });

  for (const [name, parts] of Object.entries(PIPELINES)) {
    it(`refuses ${name} by name, whole or by its network alone`, async () => {
      const named = index(name, parts);
      const [whole, network] = [
        await failure({ ...PIPELINE, 'model_index.json': named }),
        await failure({ ...OWN, '../model_index.json': named }),
      ];
      for (const error of [whole, network]) {
        expect(error.code).to.equal('unsupported-pipeline');
        expect(error.message)
          .to.include(name)
          .and.match(/supported: .*DDPMPipeline, DDIMPipeline, PNDMPipeline/);
        for (const part of Object.keys(parts)) if (!(part in PIXELS)) expect(error.message).to.include(part);
      }
    });
  }

  for (const part of ['vae', 'vqvae', 'movq', 'text_encoder', 'transformer', 'prior', 'controlnet', 'image_encoder']) {
    it(`refuses a folder without an index that holds the part ${part}`, async () => {
      const config = { [`${part}/config.json`]: json({ _class_name: 'SomePart' }) };
      for (const files of [{ ...PIPELINE, ...config }, config]) {
        const error = await failure(files);
        expect(error.code).to.equal('unsupported-pipeline');
        expect(error.message).to.include(`${part} (SomePart)`);
      }
    });
  }

  for (const [title, files, code, message] of [
    [
      "a network's folder beside an autoencoder",
      { ...OWN, '../vae/config.json': json({ _class_name: 'AutoencoderKL' }) },
      'unsupported-pipeline',
      /\.\.\/vae \(AutoencoderKL\)/,
    ],
    [
      'a scheduler of another class than the index says',
      {
        ...PIPELINE,
        'model_index.json': index('DDPMPipeline', { ...PIXELS, scheduler: ['diffusers', 'PNDMScheduler'] }),
      },
      'bad-config',
      /PNDMScheduler.*DDIMScheduler/,
    ],
    ['a single file of training', { 'model.ckpt': text('x') }, 'pickle-refused', /model\.ckpt/],
    [
      'a pickle of transformers',
      { 'config.json': CONFIG, 'pytorch_model.bin': text('x') },
      'pickle-refused',
      /pytorch_model/,
    ],
    ['an empty folder', {}, 'no-such-model', /somewhere.*unet\/config\.json, config\.json/],
    [
      'a config alone',
      without(OWN, `${STEM}.safetensors`),
      'no-such-model',
      /diffusion_pytorch_model\.safetensors, .*fp16/,
    ],
    [
      'a pickle',
      { 'unet/config.json': CONFIG, [`unet/${STEM}.bin`]: text('x') },
      'pickle-refused',
      /unet.*\.bin.*safe_serialization/,
    ],
    ['a pickle of halves', { 'config.json': CONFIG, [`${STEM}.fp16.bin`]: text('x') }, 'pickle-refused', /fp16\.bin/],
    [
      'another network',
      { ...OWN, 'config.json': json({ _class_name: 'UNet2DConditionModel' }) },
      'unsupported-config',
      /"UNet2DConditionModel".*UNet2DModel/,
    ],
    ['a network without a class', { ...OWN, 'config.json': json({}) }, 'unsupported-config', /_class_name undefined/],
    [
      'another scheduler',
      { ...OWN, 'scheduler_config.json': json({ _class_name: 'SASolverScheduler' }) },
      'unsupported-config',
      /SASolverScheduler/,
    ],
    [
      'a config that is no JSON',
      { ...OWN, 'config.json': text('{') },
      'bad-config',
      /somewhere\/config\.json is not JSON/,
    ],
    [
      'a number that JSON writes and no float holds',
      { ...OWN, 'scheduler_config.json': text('{"_class_name":"DDIMScheduler","beta_end":1e999}') },
      'bad-config',
      /beta_end.*finite.*Infinity/,
    ],
    [
      'the NaN that Python writes, where a number counts',
      { ...OWN, 'scheduler_config.json': text('{"_class_name":"DDIMScheduler","beta_end":NaN}') },
      'bad-config',
      /beta_end.*finite/,
    ],
    ['a config that is a list', { ...OWN, 'config.json': json([]) }, 'bad-config', /must be a JSON object/],
    [
      'an unknown field of the sidecar',
      { ...OWN, 'boomerang.json': json({ nulLabel: 10 }) },
      'bad-sidecar',
      /"nulLabel"; known: nullLabel, classes/,
    ],
    [
      'a null label of -1',
      { ...OWN, 'boomerang.json': json({ nullLabel: -1 }) },
      'bad-sidecar',
      /: boomerang.json .*nullLabel -1.*at least 0/,
    ],
    ['classes without names', { ...OWN, 'boomerang.json': json({ classes: [1] }) }, 'bad-sidecar', /classes \[1\]/],
    ['a schedule of null', { ...OWN, 'boomerang.json': json({ schedule: null }) }, 'bad-sidecar', /schedule null/],
    ['two schedules', { ...PIPELINE, 'boomerang.json': json({ schedule: {} }) }, 'bad-sidecar', /remove one/],
    [
      'a Git LFS pointer',
      { ...OWN, [`${STEM}.safetensors`]: text('version https://git-lfs.github.com/spec/v1\noid sha256:00') },
      'lfs-pointer',
      /diffusion_pytorch_model\.safetensors: .*git lfs pull/,
    ],
    [
      'damaged weights',
      { ...OWN, [`${STEM}.safetensors`]: WEIGHTS.subarray(0, -1) },
      'bad-safetensors',
      /12 bytes, but 11/,
    ],
    [
      'integers for weights',
      { ...OWN, [`${STEM}.safetensors`]: weights({ a: { dtype: 'I32', shape: [1], data: Int32Array.of(1) } }) },
      'bad-weight-dtype',
      /a in diffusion.*I32/,
    ],
    ['an absent shard', without(SHARDS, 'x-2.safetensors'), 'no-such-file', /x-2\.safetensors/],
    [
      'a tensor in two shards',
      { ...SHARDS, 'x-2.safetensors': weights({ a: f32(2), b: f32(2) }) },
      'bad-weight-index',
      /"a".*; fetch the folder again$/,
    ],
    [
      'a tensor that no shard holds',
      { ...SHARDS, 'x-2.safetensors': weights({ z: f32(2) }) },
      'bad-weight-index',
      /"b"/,
    ],
    [
      'a shard outside of the folder',
      { ...SHARDS, [`${STEM}.safetensors.index.json`]: json({ weight_map: { a: '../x.safetensors' } }) },
      'bad-weight-index',
      /"\.\.\/x/,
    ],
    [
      'an index without a map',
      { ...SHARDS, [`${STEM}.safetensors.index.json`]: json({}) },
      'bad-weight-index',
      /weight_map/,
    ],
    [
      'an empty index',
      { ...SHARDS, [`${STEM}.safetensors.index.json`]: json({ weight_map: {} }) },
      'bad-weight-index',
      /empty/,
    ],
  ] as [string, Record<string, Uint8Array>, string, RegExp][]) {
    it(`refuses ${title}: ${code}`, async () => {
      const error = await failure(files);
      expect(error.message).to.match(message);
      expect(error.code).to.equal(code);
    });
  }
});
