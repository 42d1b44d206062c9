import * as tf from '@tensorflow/tfjs-core';
import { type DiffusersCheckpoint, outlineDiffusers, readDiffusers } from '../checkpoints/diffusers.ts';
import type { Folder } from '../checkpoints/folder.ts';
import { tfjsNetwork } from '../engines/tfjs/network.ts';
import type { Weight } from '../engines/tfjs/parameters.ts';
import { clipTextWeights } from '../networks/clipTextWeights.ts';
import { assemble, type NetworkRunners } from './assemble.ts';
import { autoencoderRunners } from './autoencoderRunners.ts';
import { factsOf, shapesOf } from './facts.ts';
import { type PipelineOptions, readPipelineOptions } from './loadOptions.ts';
import { announceMemory, memoryNeeds, refuseTooLarge, wholeNeeds } from './memoryNeeds.ts';
import type { Model } from './model.ts';
import type { NetworkRunner } from './networkRunner.ts';
import { type Networks, networksOf } from './networks.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/**
 * Opens a diffusers folder on tfjs: a whole pipeline, or the folder of a network on pixels alone, for which DDPM's
 * default schedule is assumed, aloud. Says beforehand what a large model takes.
 *
 * @param mostMemory bytes that can be had, where somebody knows.
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault. ArgumentError
 * `bad-image-size`, `bad-clip-skip`. EnvironmentError `too-little-memory`, `out-of-memory`.
 */
export const openModel = async (
  folder: Folder,
  options: PipelineOptions = {},
  mostMemory = Number.POSITIVE_INFINITY,
): Promise<Model> => {
  const asked = readPipelineOptions(options);
  const outline = await outlineDiffusers(folder);
  const networks = networksOf(outline, folder.name, asked);
  const { name } = folder;
  const known = { ...outline, ...asked, networks, name };
  const needs = wholeNeeds(memoryNeeds(networks, shapesOf(known)), 'bands');
  if (tf.getBackend() === 'wasm') refuseTooLarge(name, needs, { most: MOST_WASM, engine: 'tfjs' });
  const twice = { ...needs, weights: 2 * needs.weights }; // in memory until all are uploaded
  announceMemory(name, twice, { most: mostMemory, engine: 'tfjs' });
  const { digest, ...checkpoint } = await readDiffusers(folder, outline);
  const weights = allWeights(checkpoint);
  const parameterCount = Object.values(weights).reduce((sum, part) => sum + sizeOf(part), 0);
  const facts = factsOf({ ...known, parameterCount, digest });
  return assemble(facts, { ...networks, sidecar: outline.sidecar }, tfjsRunners(networks, weights));
};

/** wasm counts its memory in 32 bits. */
const MOST_WASM = 2 ** 32;

type Weights = ReadonlyMap<string, Weight>;
type AllWeights = { readonly denoiser: Weights; readonly autoencoder?: Weights; readonly text?: Weights };

const allWeights = ({ weights, latent }: Pick<DiffusersCheckpoint, 'weights' | 'latent'>): AllWeights => ({
  denoiser: weights,
  ...(latent ? { autoencoder: latent.autoencoder.weights } : {}),
  ...(latent?.text ? { text: latent.text.weights } : {}),
});

const sizeOf = (weights: Weights): number => [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

/** All networks with their weights uploaded; if one fails, none is left. */
const tfjsRunners = ({ denoiser, autoencoder, text }: Networks, weights: AllWeights): NetworkRunners => {
  const made: NetworkRunner[] = [];
  const owned = <T extends NetworkRunner>(runner: T): T => {
    made.push(runner);
    return runner;
  };
  const run = (...network: Parameters<typeof tfjsNetwork>): NetworkRunner => owned(tfjsRunner(tfjsNetwork(...network)));
  try {
    const coder = autoencoder && weights.autoencoder && autoencoderRunners(autoencoder, weights.autoencoder);
    if (coder) for (const half of Object.values(coder)) owned(half);
    return {
      denoiser: run(denoiser.architecture, weights.denoiser),
      ...coder,
      ...(text && weights.text ? { text: run(text.architecture, clipTextWeights(weights.text, text.config)) } : {}),
    };
  } catch (error) {
    for (const runner of made) runner.dispose();
    throw error;
  }
};
