import { describedScheduler } from '../checkpoints/describedScheduler.ts';
import { digestOf } from '../checkpoints/digest.ts';
import type { Folder } from '../checkpoints/folder.ts';
import { type ModelDescription, readDescription } from '../checkpoints/sidecar.ts';
import { openTfjsFiles, type TfjsModelFiles } from '../checkpoints/tfjsModel.ts';
import { boundNetwork } from '../engines/tfjs/boundNetwork.ts';
import { loadGraphModel } from '../engines/tfjs/graphModel.ts';
import { loadLayersModel } from '../engines/tfjs/layersModel.ts';
import { type Binding, bindPorts } from '../networks/binding.ts';
import { foreignFacts } from './foreignFacts.ts';
import { makeModel } from './makeModel.ts';
import type { Model } from './model.ts';
import { denoiserRunner } from './networkRunner.ts';
import { tfjsRunner } from './tfjsRunner.ts';

const LOADERS = { 'graph-model': loadGraphModel, 'layers-model': loadLayersModel };

/**
 * Opens a graph model or layers model of TensorFlow.js, which may come from anywhere: what it does not say of itself is
 * taken from `boomerang.json` beside it, or from the caller, whose word counts more.
 *
 * @param path of its `model.json` in the folder.
 * @throws ArgumentError `bad-description`.
 * @throws CheckpointError `missing-description`, `bad-sidecar`, `bad-inputs`, `bad-output`, `bad-image-shape`, and those
 *   of reading the files and loading the model.
 * @throws EnvironmentError `missing-package`, `no-kernel`.
 */
export const openTfjsModel = async (folder: Folder, path: string, given: ModelDescription = {}): Promise<Model> => {
  const name = `${folder.name}/${path}`;
  const description = await readDescription(folder, path, given);
  const scheduler = describedScheduler(description, name);
  const files = await openTfjsFiles(folder, path);
  const foreign = await LOADERS[files.format]({ ...files, name });
  try {
    const binding = bindPorts(foreign.ports, description, name);
    const { parameterCount } = files;
    const facts = foreignFacts(description, {
      binding,
      scheduler,
      parameterCount,
      digest: await digest(files, [scheduler, binding]),
    });
    const execute: Parameters<typeof boundNetwork>[1] = (inputs) => foreign.execute(inputs, binding.output.name);
    return makeModel(facts, denoiserRunner(tfjsRunner(boundNetwork(binding, execute, foreign.dispose))));
  } catch (error) {
    foreign.dispose();
    throw error;
  }
};

/** Over the files, and over what was understood: it matters what was said of a model, not where. */
const digest = ({ bytes, weightData }: TfjsModelFiles, understood: readonly [object, Binding]): Promise<string> =>
  digestOf([bytes, weightData, new TextEncoder().encode(JSON.stringify(understood))]);
