import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chooseBackend } from '../src/node/backend.ts';
import { fillGaussian } from '../src/random.ts';
import { PRESETS } from '../src/train/presets.ts';
import { trainDenoiser } from '../src/train/trainDenoiser.ts';
import type { TrainingData } from '../src/train/trainingData.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { withScratch } from './checkpoints.ts';
import type { Figure } from './figure.ts';
import { growthOf, holding } from './memory.ts';
import { exactly, quantile, ratios, summarise } from './statistics.ts';

const BACKENDS = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];
const GREY = '28-grey';
/** The preset's own for the one that is compared, less for the larger ones, which take long. */
const batchOf = (preset: string): number => (preset === GREY ? 64 : 16);
const TORCH = 'PyTorch,';
/** Beside PyTorch's speed, with as many threads as suit it best. */
const WANTED: Readonly<Record<string, number>> = { 'tfjs-node': 1, wasm: 0.25 };
/** What the collector has not found yet, in MB. */
const FLAT = { tensors: 0, heap: 8, arrays: 8 } as const;

const presetsOf = ({ quick }: Pick<Setting, 'quick'>): string[] => (quick ? [GREY] : Object.keys(PRESETS));
const roundsOf = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 3 : 7);
const memorySteps = ({ quick }: Pick<Setting, 'quick'>): number => (quick ? 100 : 1000);

/** A run that takes a step when it is asked, and says how long that took; rounds of runs side by side are fair. */
type Stepper = { readonly name: string; step(): Promise<number>; end(): Promise<unknown> };

export const training: Benchmark = {
  about: 'how fast does a denoiser train, beside PyTorch, and does memory grow with the steps?',
  seconds: (setting) => 30 + (roundsOf(setting) + 2) * presetsOf(setting).length * 20 + memorySteps(setting) / 20,
  run: (setting) =>
    withScratch(async function* (scratch) {
      for (const preset of presetsOf(setting)) yield* measurePreset(preset, scratch, setting);
      yield* measureMemory(setting);
    }),
};

async function* measurePreset(preset: string, scratch: string, setting: Setting): AsyncGenerator<Figure> {
  const steppers: Stepper[] = [];
  for (const backend of BACKENDS) {
    try {
      await chooseBackend({ backend });
      steppers.push(tfjsStepper(preset, backend));
    } catch (error) {
      setting.say(`not measured: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (preset === GREY && setting.python !== undefined) {
    for (const threads of [1, 2])
      steppers.push(await torchStepper(preset, scratch, { python: setting.python, threads }));
  }
  const times: Record<string, number[]> = Object.fromEntries(steppers.map(({ name }) => [name, []]));
  for (let round = -2; round < roundsOf(setting); round += 1) {
    for (const stepper of round % 2 === 0 ? steppers : steppers.toReversed()) {
      const ms = await stepper.step();
      if (round >= 0) times[stepper.name]?.push(ms); // the first two are slow
    }
  }
  for (const stepper of steppers) await stepper.end();
  yield* figuresOf(preset, times);
}

function* figuresOf(preset: string, times: Readonly<Record<string, readonly number[]>>): Generator<Figure> {
  const torches = Object.keys(times).filter((name) => name.startsWith(TORCH));
  const [torch] = torches.map((name) => times[name] ?? []).sort((a, b) => quantile(a, 0.5) - quantile(b, 0.5));
  for (const [engine, ms] of Object.entries(times)) {
    const at = { preset, engine, batch: batchOf(preset) };
    const common = { bench: 'training', table: 'a training step', engine, at };
    yield { ...common, what: 'images a second', unit: '', ...summarise(ms.map((time) => (at.batch * 1000) / time)) };
    if (torch === undefined || engine.startsWith(TORCH)) continue;
    const least = WANTED[engine];
    const share = { ...common, what: 'beside PyTorch', unit: '', ...summarise(ratios(torch, ms)) };
    yield { ...share, ...(least === undefined ? {} : { wanted: { least } }) };
  }
}

const noiseImages = ([height, width, channels]: readonly [number, number, number]): TrainingData => ({
  count: 64,
  imageShape: [height, width, channels],
  pixels: (index) => {
    const values = new Float32Array(height * width * channels);
    fillGaussian(['image', index], values);
    return values;
  },
});

/** Something to wait for, and who opens it. */
const gate = (): { readonly passed: Promise<void>; open(): void } => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

/** A run that waits after each step until it is asked for the next. */
const tfjsStepper = (preset: string, backend: string): Stepper => {
  const { config } = PRESETS[preset] as (typeof PRESETS)[string];
  const size = config['sample_size'] as number;
  const images = noiseImages([size, size, config['in_channels'] as number]);
  const abort = new AbortController();
  let go = gate();
  let done = gate();
  const onStep = async (): Promise<void> => {
    go = gate();
    done.open();
    await go.passed;
  };
  let run: Promise<unknown> | undefined;
  return {
    name: backend,
    async step() {
      await chooseBackend({ backend });
      done = gate();
      const start = performance.now();
      if (run) go.open();
      run ??= trainDenoiser(images, {
        config,
        steps: 1e6,
        batchSize: batchOf(preset),
        seed: 1,
        onStep,
        signal: abort.signal,
      });
      await Promise.race([done.passed, run]);
      return performance.now() - start;
    },
    async end() {
      await chooseBackend({ backend });
      abort.abort();
      go.open();
      await run;
    },
  };
};

type Torch = { readonly python: string; readonly threads: number };

const torchStepper = async (preset: string, scratch: string, { python, threads }: Torch): Promise<Stepper> => {
  const path = join(scratch, 'config.json');
  await writeFile(path, JSON.stringify(PRESETS[preset]?.config));
  const script = join(import.meta.dirname, 'training.py');
  const child = spawn(python, [script, path, String(batchOf(preset)), String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: `${TORCH} ${threads} thread${threads === 1 ? '' : 's'}`,
    async step() {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} ended; it needs torch and diffusers`);
      return Number(value);
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
};

async function* measureMemory(setting: Setting): AsyncGenerator<Figure> {
  const { name } = await chooseBackend();
  const steps = memorySteps(setting);
  const config = { ...PRESETS[GREY]?.config, sample_size: 8, block_out_channels: [8, 8, 8], attention_head_dim: 8 };
  const warm = Math.floor(steps / 10);
  let before = await holding();
  let after = before;
  const onStep = async ({ step }: { readonly step: number }): Promise<void> => {
    if (step === warm) before = await holding();
    if (step === warm + steps) after = await holding();
  };
  await trainDenoiser(noiseImages([8, 8, 1]), { config, steps: warm + steps, batchSize: 4, seed: 1, onStep });
  for (const [what, value] of Object.entries(growthOf(before, after))) {
    const most = FLAT[what as keyof typeof FLAT] as number | undefined;
    const common = { bench: 'training', table: 'memory', engine: name, at: { steps }, what: `${what} left` };
    const unit = what === 'tensors' ? '' : 'MB';
    yield { ...common, unit, ...exactly(value), ...(most === undefined ? {} : { wanted: { most } }) };
  }
}
