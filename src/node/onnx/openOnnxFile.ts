import { open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ModelDescription } from '../../checkpoints/sidecar.ts';
import { ArgumentError, CheckpointError } from '../../errors.ts';
import { makeModel } from '../../models/makeModel.ts';
import type { Model } from '../../models/model.ts';
import { openFolder } from '../folder.ts';
import { requireOnnxRuntime } from '../sessions/onnxRuntime.ts';
import { openSessionPool } from '../sessions/sessionPool.ts';
import { readForeignOnnx } from './foreignOnnx.ts';
import { METADATA_KEY, readMetadata } from './metadata.ts';
import { onnxRunner } from './onnxRunner.ts';
import type { SessionOptions } from './openOnnxDiffusers.ts';
import { scanMetadata } from './scanModel.ts';

/**
 * Opens an ONNX file. One that `boomerang export` wrote says all that is needed; for another, schedule and prediction
 * are taken from `boomerang.json` beside it or from the caller, whose word counts more.
 *
 * @throws ArgumentError `bad-description`, `unexpected-description`.
 * @throws CheckpointError `no-such-model`, `bad-onnx`, `bad-graph`, `bad-metadata`, `missing-description`, `bad-sidecar`,
 *   `bad-inputs`, `bad-output`, `bad-image-shape`.
 * @throws EnvironmentError `no-onnxruntime`.
 */
export const openOnnxFile = async (
  path: string,
  description: ModelDescription,
  options: SessionOptions = {},
): Promise<Model> => {
  requireOnnxRuntime();
  const own = (await metadataOf(path)).get(METADATA_KEY);
  if (own === undefined) {
    const { facts, inputs } = await readForeignOnnx(await openFolder(dirname(path)), basename(path), description);
    return makeModel(facts, onnxRunner(await openSessionPool({ ...options, inputs, graph: path })));
  }
  const [field] = Object.entries(description).find(([, value]) => value !== undefined) ?? [];
  if (field !== undefined) {
    throw new ArgumentError('unexpected-description', `${path} says all of itself; leave out ${field}`);
  }
  const facts = readMetadata(own, path);
  return makeModel(facts, onnxRunner(await openSessionPool({ ...options, graph: path })));
};

const metadataOf = async (path: string): Promise<ReadonlyMap<string, string>> => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new CheckpointError('no-such-model', `there is no model ${path}; check the path`);
  const handle = await open(path);
  try {
    return await scanMetadata(handle, found.size);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('bad-onnx', `${path} is no whole ONNX file: ${reason}; export or fetch it again`, {
      cause,
    });
  } finally {
    await handle.close();
  }
};
