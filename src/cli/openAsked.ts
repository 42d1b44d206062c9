import type { Command } from 'commander';
import type { Model, Precision } from '../models/model.ts';
import { type BackendChoice, chooseBackend } from '../node/backend.ts';
import { type LoadOptions, loadModel } from '../node/loadModel.ts';
import { toNumber } from './numbers.ts';
import { watchDownloads } from './progress.ts';
import type { TerminalStream } from './streams.ts';

/** Of commands that open a model. */
export type ModelOptions = {
  readonly revision: string;
  readonly engine: string;
  readonly device: string;
  readonly backend: string;
  readonly precision: string;
  readonly imageSize?: string;
  readonly clipSkip?: string;
};

export const addModelOptions = (command: Command): Command =>
  command
    .option('--revision <name>', 'branch, tag or commit of a model on the hub', 'main')
    .option('--engine <name>', 'what runs the network: auto, onnx or tfjs', 'auto')
    .option('--device <name>', 'what ONNX Runtime computes on: auto, cpu, webgpu, cuda, coreml or dml', 'auto')
    .option('--backend <name>', 'auto, tfjs-node-gpu, tfjs-node, wasm or cpu', 'auto')
    .option('--precision <name>', 'float32; float16 on a GPU or int8 on a processor: faster, and less exact', 'float32')
    .option(
      '--image-size <size>',
      'height and width of the images, such as 256 or 256x384, for models that take others than their own',
    )
    .option('--clip-skip <count>', 'layers that are left out at the end of the text encoder');

export type Opened = { readonly model: Model; readonly backend: BackendChoice };

/**
 * Opens the model that a command names, on the backend that it asks for. The caller disposes of it.
 *
 * @throws ArgumentError `bad-image-size`, `bad-clip-skip`, and the errors of `chooseBackend` and `loadModel`.
 */
export const openAsked = async (place: string, options: ModelOptions, stderr: TerminalStream): Promise<Opened> => {
  const { revision, imageSize, clipSkip } = options;
  const engine = options.engine as NonNullable<LoadOptions['engine']>; // `loadModel` checks it, and lists them
  const device = options.device as NonNullable<LoadOptions['device']>;
  const precision = options.precision as Precision;
  const pipeline = {
    ...(imageSize === undefined ? {} : { imageSize: toSize(imageSize) }),
    ...(clipSkip === undefined ? {} : { clipSkip: toNumber(clipSkip, 'clip-skip') }),
  };
  const backend = await chooseBackend({ backend: options.backend });
  const { stop, onProgress } = watchDownloads(stderr);
  const how = { engine, device, precision, revision, onProgress, ...pipeline };
  const model = await loadModel(place, how).finally(stop);
  return { model, backend };
};

/** What runs a model, for whoever reads along. */
export const describeEngine = ({ engine, device, precision = 'float32' }: Model): string => {
  const place = device === undefined || device === 'cpu' ? '' : ` on ${device}`;
  return `engine: ${engine}${place}${precision === 'float32' ? '' : `, ${precision}`}`;
};

/** How many numbers there may be, and which, `loadModel` checks. */
export const toSize = (text: string): NonNullable<LoadOptions['imageSize']> => {
  const sizes = text.split('x').map((size) => toNumber(size, 'image-size'));
  return sizes.length === 1 ? (sizes[0] as number) : (sizes as unknown as [height: number, width: number]);
};
