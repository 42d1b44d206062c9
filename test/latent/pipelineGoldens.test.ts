import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/node/loadModel.ts';
import { loadTokenizer } from '../../src/node/loadParts.ts';
import { guided } from '../../src/returns/guided.ts';
import { cleanEstimate, walk } from '../../src/solvers/index.ts';
import { describeShared, shared } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { expectWithin, type Golden, onEngines, planOf, preserving, readGolden, statesOf } from './goldenRun.ts';

type Run = {
  readonly name: string;
  readonly prompts: readonly string[];
  readonly negative_prompts: readonly string[];
  readonly steps: number;
};

const HOME = 'goldens/latent/pipelines';
const INDEX = shared(`${HOME}/index.json`);
const runs: readonly Run[] = existsSync(INDEX) ? JSON.parse(readFileSync(INDEX, 'utf8')) : [];
const GUIDANCES = [
  { guidance: 1, name: 'guidance-1.0', tolerances: { states: 2e-5, decoded: 5e-5 } },
  { guidance: 7.5, name: 'guidance-7.5', tolerances: { states: 5e-5, decoded: 2e-4 } },
] as const;

/** What the text encoder makes of prompts, as rows that a network takes. */
const embeddingsOf = ({ text }: Model, prompts: readonly string[]): tf.Tensor3D => {
  const { tokens, width } = text as NonNullable<Model['text']>;
  const rows = (text?.embed(prompts) ?? []).map((row) => tf.tensor2d(row, [tokens, width]));
  return tf.stack(rows) as tf.Tensor3D;
};

// diffusers 0.39, transformers 4.57, torch 2.13; tolerances as agreed
describeShared('goldens of pipelines', HOME, () => {
  it('are of three pipelines', () => expect(runs.map(({ name }) => name)).to.have.length(3));

  for (const { name, ...run } of runs) {
    const open = async (engine: 'onnx' | 'tfjs', body: (model: Model, golden: Golden) => void): Promise<void> =>
      expectNoLeak(async () => {
        const golden = readGolden(shared(`${HOME}/${name}.safetensors`));
        const imageSize = tf.tidy(() => golden.map('image').shape.slice(1, 3)) as [number, number];
        const model = await loadModel(shared(`${HOME}/${name}`), { engine, imageSize });
        try {
          tf.tidy(() => body(model, golden));
        } finally {
          model.dispose();
        }
      });

    it(`${name}: tokens are equal`, async () => {
      const tokenizer = await loadTokenizer(shared(`${HOME}/${name}`));
      const golden = readGolden(shared(`${HOME}/${name}.safetensors`));
      const ids = (prompts: readonly string[]) => prompts.flatMap((text) => tokenizer.pad(tokenizer.encode(text)));
      expect(ids(run.prompts)).to.deep.equal(golden.list('input_ids'));
      expect(ids(run.negative_prompts)).to.deep.equal(golden.list('negative_input_ids'));
    });

    onEngines((engine) => {
      it(`${name}: each stage is the reference's, fed what the reference fed it`, () =>
        open(engine, (model, golden) => {
          const plan = planOf(model, golden, run.steps);
          const [coded, restored] = name.includes('taesd') ? [1e-5, 1e-5] : [2e-5, 5e-5];
          const latent = golden.map('latent');
          expectWithin('latent', model.encode(golden.map('image')), latent, coded);
          const noisy = tf.add(latent, tf.mul(golden.map('noise'), plan.sigma)) as tf.Tensor4D;
          expectWithin('noisy', preserving(noisy, plan.sigma), golden.map('noisy'), 2e-5);
          expectWithin('prompts', embeddingsOf(model, run.prompts), golden.tensor('prompt_embeds'), 1e-5);
          const negative = golden.tensor('negative_prompt_embeds') as tf.Tensor3D;
          expectWithin('negative prompts', embeddingsOf(model, run.negative_prompts), negative, 1e-5);
          const embeddings = golden.tensor('prompt_embeds') as tf.Tensor3D;
          for (const { guidance, name: at } of GUIDANCES) {
            const [states, outputs] = [golden.maps(`${at}.states`), golden.maps(`${at}.model_output`)];
            const opposite = guidance > 1 ? golden.maps(`${at}.model_output_negative`) : [];
            for (const [n, leg] of plan.legs.entries()) {
              const { timestep, from, to } = leg;
              const [state, told] = [states[n] as tf.Tensor4D, outputs[n] as tf.Tensor4D];
              const t = timestep as number;
              expectWithin(`${at}, output ${n}`, model.predict(state, t, { embeddings }), told, 2e-5);
              const away = opposite[n];
              if (away) expectWithin(`negative ${n}`, model.predict(state, t, { embeddings: negative }), away, 2e-5);
              const output = away ? guided(tf.concat([away, told]), guidance) : told;
              const x = tf.mul(state, Math.hypot(1, from as number)) as tf.Tensor4D;
              const steps = walk({ x, legs: [leg], solver: plan.solver });
              const { sigma } = steps.next().value as { sigma: number };
              const after = steps.next(cleanEstimate(model.scheduler.prediction, { x, sigma, output }));
              const next = preserving(after.value as tf.Tensor4D, to as number);
              expect(next, `${at}, step ${n}`).to.be.tensorCloseTo(states[n + 1] as tf.Tensor, 1e-5);
            }
            const last = states.at(-1) as tf.Tensor4D;
            expectWithin(`${at}, decoded`, model.decode(last), golden.map(`${at}.decoded`), restored);
          }
        }));

      it(`${name}: a whole return is the reference's, without guidance and with 7.5`, () =>
        open(engine, (model, golden) => {
          const plan = planOf(model, golden, run.steps);
          const latent = model.encode(golden.map('image'));
          const start = tf.add(latent, tf.mul(golden.map('noise'), plan.sigma)) as tf.Tensor4D;
          const [to, away] = [embeddingsOf(model, run.prompts), embeddingsOf(model, run.negative_prompts)];
          for (const { guidance, name: at, tolerances } of GUIDANCES) {
            const embeddings = guidance === 1 ? to : (tf.concat([away, to]) as tf.Tensor3D);
            const told = { condition: { embeddings }, ...(guidance === 1 ? {} : { guidance }) };
            const states = statesOf(model, plan, start, told);
            for (const [n, wanted] of golden.maps(`${at}.states`).entries()) {
              expectWithin(`${at}, state ${n}`, states[n] as tf.Tensor, wanted, tolerances.states);
            }
            const decoded = model.decode(states.at(-1) as tf.Tensor4D);
            expectWithin(`${at}, decoded`, decoded, golden.map(`${at}.decoded`), tolerances.decoded);
          }
        }));
    });
  }
});
