/** The code of docs/models.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel, PRESETS, trainDenoiser, writeModel } from 'tfjs-boomerang';
import { clothes } from './clothes.ts';

const folder = await mkdtemp(join(tmpdir(), 'boomerang-model-'));
const length = { steps: 1, batchSize: 2 };
// #region train
const config = PRESETS['28-grey']?.config ?? {}; // the config.json of a UNet2DModel
const scheduler = { _class_name: 'DDPMScheduler', num_train_timesteps: 1000, beta_schedule: 'linear' };
const { weights } = await trainDenoiser(clothes, { config, scheduler, seed: 'a', ...length }); // length: { minutes: 60 }
await writeModel(folder, { config, scheduler, weights });
const own = await loadModel(folder);
// #endregion
console.log(`${own.parameterCount} parameters`);
own.dispose();
await rm(folder, { recursive: true });
