import { openDiffusers } from '../checkpoints/diffusers.ts';
import type { Folder } from '../checkpoints/folder.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import { unet2d } from '../networks/unet2d.ts';
import { parseUNet2DConfig } from '../networks/unet2dConfig.ts';
import { unet2dFacts } from './facts.ts';
import { makeModel } from './makeModel.ts';
import type { Model } from './model.ts';
import { denoiserRunner } from './networkRunner.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/**
 * Opens a diffusers folder on tfjs: one with `unet/` and `scheduler/`, or that of the network alone, for which DDPM's
 * default schedule is assumed, aloud.
 *
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 */
export const openModel = async (folder: Folder): Promise<Model> => {
  const checkpoint = await openDiffusers(folder);
  const config = parseUNet2DConfig(checkpoint.config);
  const parameterCount = [...checkpoint.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const facts = unet2dFacts({ ...checkpoint, config, parameterCount, name: folder.name });
  return makeModel(facts, denoiserRunner(tfjsRunner(tfjsNetwork(unet2d(config), checkpoint.weights))));
};
