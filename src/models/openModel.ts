import { openDiffusers } from '../checkpoints/diffusers.ts';
import type { Folder } from '../checkpoints/folder.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import type { Weight } from '../engines/tfjs/parameters.ts';
import { autoencoderWeights } from '../networks/autoencoder.ts';
import { clipTextWeights } from '../networks/clipTextWeights.ts';
import { assemble, type NetworkRunners } from './assemble.ts';
import { factsOf } from './facts.ts';
import { type PipelineOptions, readPipelineOptions } from './loadOptions.ts';
import type { Model } from './model.ts';
import type { NetworkRunner } from './networkRunner.ts';
import { type Networks, networksOf } from './networks.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/**
 * Opens a diffusers folder on tfjs: a whole pipeline, or the folder of a network on pixels alone, for which DDPM's
 * default schedule is assumed, aloud.
 *
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault. ArgumentError
 * `bad-image-size`, `bad-clip-skip`.
 */
export const openModel = async (folder: Folder, options: PipelineOptions = {}): Promise<Model> => {
  const { imageSize, ...networkOptions } = readPipelineOptions(options);
  const { weights, latent, ...checkpoint } = await openDiffusers(folder);
  const networks = networksOf({ ...checkpoint, ...(latent ? { latent } : {}) }, folder.name, networkOptions);
  const all = {
    denoiser: weights,
    ...(latent ? { autoencoder: latent.autoencoder.weights } : {}),
    ...(latent?.text ? { text: latent.text.weights } : {}),
  };
  const parameterCount = Object.values(all).reduce((sum, part) => sum + sizeOf(part), 0);
  const facts = factsOf({ ...checkpoint, networks, parameterCount, imageSize, name: folder.name });
  return assemble(facts, { ...networks, sidecar: checkpoint.sidecar }, tfjsRunners(networks, all));
};

type Weights = ReadonlyMap<string, Weight>;
type AllWeights = { readonly denoiser: Weights; readonly autoencoder?: Weights; readonly text?: Weights };

const sizeOf = (weights: Weights): number => [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

/** All networks with their weights uploaded; if one fails, none is left. */
const tfjsRunners = ({ denoiser, autoencoder, text }: Networks, weights: AllWeights): NetworkRunners => {
  const made: NetworkRunner[] = [];
  const run = (...network: Parameters<typeof tfjsNetwork>): NetworkRunner => {
    const runner = tfjsRunner(tfjsNetwork(...network));
    made.push(runner);
    return runner;
  };
  try {
    const halves = autoencoder && weights.autoencoder && autoencoderWeights(autoencoder, weights.autoencoder);
    return {
      denoiser: run(denoiser.architecture, weights.denoiser),
      ...(autoencoder && halves
        ? { encoder: run(autoencoder.encoder, halves.encoder), decoder: run(autoencoder.decoder, halves.decoder) }
        : {}),
      ...(text && weights.text ? { text: run(text.architecture, clipTextWeights(weights.text, text.config)) } : {}),
    };
  } catch (error) {
    for (const runner of made) runner.dispose();
    throw error;
  }
};
