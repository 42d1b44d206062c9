import type { Command } from 'commander';
import { ArgumentError } from '../errors.ts';
import { chooseBackend } from '../node/backend.ts';
import type { DiskFolder } from '../node/folder.ts';
import { type FoundModel, locateModel } from '../node/locateModel.ts';
import { exportOnnx } from '../node/onnx/exportOnnx.ts';
import { checkWritable } from '../node/output.ts';
import { watchDownloads } from './progress.ts';
import type { Streams } from './streams.ts';

type Options = {
  readonly out: string;
  readonly external?: boolean;
  readonly revision: string;
  readonly backend: string;
  readonly json?: boolean;
};

/** `boomerang export`: a model as one ONNX file, proved against the engine that it comes from. */
export const registerExport = (program: Command, streams: Streams): void => {
  program
    .command('export')
    .description('write a model as an ONNX file that needs nothing else')
    .argument('<model>', 'folder of a diffusion model, or its name on the hub')
    .requiredOption('--out <file>', 'file to write, which ends in .onnx')
    .option('--external', 'put the weights beside the file, in one of their own')
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--backend <name>', 'what to prove it against: auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--json', 'print JSON')
    .action((place: string, options: Options) => write(place, options, streams));
};

const write = async (place: string, options: Options, { stdout, stderr }: Streams): Promise<void> => {
  const { out, external = false, revision } = options;
  if (!out.toLowerCase().endsWith('.onnx')) {
    throw new ArgumentError('bad-output', `the file is an ONNX file, got the name ${out}; end it in .onnx`);
  }
  await checkWritable(out);
  const { stop, onProgress } = watchDownloads(stderr);
  const folder = diskFolderOf(await locateModel(place, { revision, onProgress }).finally(stop));
  await chooseBackend({ backend: options.backend });
  const { files, bytes, difference } = await exportOnnx(folder, out, { external });
  if (options.json) stdout.write(`${JSON.stringify({ model: place, files, bytes, difference }, undefined, 2)}\n`);
  else stdout.write(`${files.join('\n')}\n`);
  const size = (bytes / 1e6).toFixed(1);
  stderr.write(`wrote ${size} MB; one evaluation differs from tfjs by ${difference.toExponential(1)} of its largest\n`);
};

/** @throws ArgumentError `bad-model` for a model that can be run, but not written anew. */
const diskFolderOf = (found: FoundModel): DiskFolder => {
  const { place, format } = found;
  if (format === 'onnx') throw new ArgumentError('bad-model', `${place} is an ONNX file already; copy it`);
  if (found.isOnDisk && format === 'diffusers') return found.folder;
  const rule = "only a folder in diffusers' layout, on this disk or on the hub, can be exported";
  throw new ArgumentError('bad-model', `${place} is a model of another form or place: ${rule}`);
};
