import { makeModel } from '../../models/makeModel.ts';
import type { Model } from '../../models/model.ts';
import { userCacheFolder } from '../cacheFolder.ts';
import type { DiskFolder } from '../folder.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { bytesHeld } from '../sessions/parallelism.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import { diskFacts, diskGraph, readDiskCheckpoint } from './diffusersGraph.ts';
import { openGraphFolder, placeGraph, weightHashes, weightsName } from './graphFolder.ts';
import { onnxRunner } from './onnxRunner.ts';

/** How ONNX Runtime is to compute. */
export type SessionOptions = {
  /**
   * Sessions that share the work, each with a thread of its own and a copy of the weights. By default as many as suit
   * the machine; one for a network of 256 MiB or more.
   */
  readonly sessions?: number;
  /** Threads within a session. By default as many as suit the machine. */
  readonly threads?: number;
  /** Images that go through a session at once, at most. @defaultValue 16 */
  readonly maxBatch?: number;
  /** How long a batch waits for callers that are expected back, in milliseconds. @defaultValue 2 */
  readonly maxWait?: number;
};

/**
 * Opens a diffusers folder on ONNX Runtime. JavaScript does not read the weights: the graph points into their files.
 *
 * @param cache where graphs are kept, for tests.
 * @throws CheckpointError as `openModel` does.
 * @throws EnvironmentError `no-onnxruntime`, `no-cache-folder`.
 */
export const openOnnxDiffusers = async (
  folder: DiskFolder,
  options: SessionOptions = {},
  cache = userCacheFolder('onnx'),
): Promise<Model> => {
  requireOnnxRuntime();
  const checkpoint = await readDiskCheckpoint(folder);
  const graphs = await openGraphFolder(checkpoint.files, cache);
  const facts = await diskFacts(checkpoint, await weightHashes(graphs));
  const [height, width] = facts.imageShape;
  const names = new Map(checkpoint.files.map(({ path }, index) => [path, weightsName(index)]));
  const bytes = await diskGraph(checkpoint, {
    size: [height, width],
    refer: ({ path, begin, end }) => ({ location: names.get(path) ?? path, offset: begin, length: end - begin }),
  });
  const graph = await placeGraph(graphs, bytes);
  const weightBytes = bytesHeld(facts.parameterCount);
  return makeModel(facts, onnxRunner(await openSessionPool({ ...options, weightBytes, graph })));
};
