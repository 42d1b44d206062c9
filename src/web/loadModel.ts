import type { ModelDescription } from '../checkpoints/sidecar.ts';
import { shown } from '../checks.ts';
import { ArgumentError, CheckpointError } from '../errors.ts';
import { checkLoadOptions, type PipelineOptions } from '../models/loadOptions.ts';
import type { Engine, Model } from '../models/model.ts';
import { given, openLocated } from '../models/openers.ts';
import { isHubName, type Place, readPlace, shippedName } from '../models/place.ts';
import { holdsModel, hubFolder } from './hubFolder.ts';
import { type KeptFolder, type KeptOptions, keptFolder } from './keep/keptFolder.ts';
import type { Device } from './onnx/device.ts';
import { webOpeners } from './webOpeners.ts';

/** What a model's files do not say; and what is to run it, and where. */
export type WebLoadOptions = ModelDescription &
  PipelineOptions &
  KeptOptions & {
    /**
     * `auto` is the fastest that can be had: TensorFlow.js where its backend computes on a GPU, else ONNX Runtime if
     * `onnxruntime-web` is installed, else TensorFlow.js. @defaultValue 'auto'
     */
    readonly engine?: 'auto' | Engine;
    /**
     * Where ONNX Runtime computes: `cpu` is wasm, on several threads where the page is cross-origin isolated; `auto` is
     * a GPU if there is one. TensorFlow.js computes where its backend does. @defaultValue 'auto'
     */
    readonly device?: 'auto' | Device;
    /** Of a model on the hub: branch, tag or commit. @defaultValue 'main' */
    readonly revision?: string;
  };

/**
 * Opens a pretrained diffusion model: from the address of a folder in diffusers' layout, or of a `model.json` of
 * TensorFlow.js; from the Hugging Face hub (`owner/name`), where there is no such folder beside the page.
 *
 * @param options what a `model.json` does not say: `schedule`, `prediction`, names of `inputs`. It may lie beside the
 * model as `boomerang.json` instead.
 * @throws ArgumentError `bad-place`, `bad-options`, `unknown-option`, `unknown-engine`, `unknown-device`, `bad-engine`,
 *   `bad-device`, `bad-sha256`, `bad-revision`, `bad-description`, `unexpected-description`.
 * @throws CheckpointError of many codes, each naming the file, the tensor or the key that is at fault.
 * @throws EnvironmentError `offline`, `cors-refused`, `unreachable`; `no-onnxruntime`, `no-device` where they were asked
 *   for and cannot be had.
 */
export const loadModel = async (address: string, options: WebLoadOptions = {}): Promise<Model> => {
  const place = readPlace(address);
  refuseShipped(address);
  checkLoadOptions(options, ['engine', 'device', 'revision', 'onProgress', 'sha256']);
  const { engine = 'auto', device = 'auto', revision, onProgress, sha256, ...description } = options;
  const openers = webOpeners(engine, device);
  checkSums(sha256);
  const folder = await folderFor(place, given({ revision, onProgress, sha256 }));
  const model = await openLocated(openers, { ...place, folder }, given(description));
  const unused = Object.keys(sha256 ?? {}).find((path) => !folder.wasRead.has(path));
  if (unused === undefined) return model;
  model.dispose();
  const rule = `sha256 names ${unused}, which ${address} is not read from`;
  throw new CheckpointError('unused-checksum', `${rule}; its files are: ${[...folder.wasRead].join(', ')}`);
};

/** A page has no files of a package. */
const refuseShipped = (address: string): void => {
  const name = shippedName(address);
  if (name === undefined) return;
  const remedy = `serve node_modules/tfjs-boomerang/models/${name} beside the page, and give its address`;
  throw new CheckpointError(
    'no-such-model',
    `${address} is a file of the package, which a page cannot read; ${remedy}`,
  );
};

const folderFor = async (
  { home, format }: Place,
  { revision = 'main', ...options }: KeptOptions & { readonly revision?: string },
): Promise<KeptFolder> => {
  const folder = keptFolder(home, options);
  const isHere = format !== 'diffusers' || !isHubName(home) || home.startsWith('models/') || (await holdsModel(folder));
  return isHere ? folder : hubFolder(home, revision, options);
};

/** @throws ArgumentError `bad-sha256`. */
const checkSums = (sums: unknown): void => {
  const isPlain = typeof sums === 'object' && sums !== null && !Array.isArray(sums);
  const isSum = (sum: unknown): boolean => typeof sum === 'string' && /^[0-9a-f]{64}$/.test(sum);
  if (sums === undefined || (isPlain && Object.values(sums).every(isSum))) return;
  const rule = 'sha256 must be an object of 64 small hexadecimal digits for each path';
  throw new ArgumentError('bad-sha256', `${rule}, got ${shown(sums)}; see what sha256sum says of the file`);
};
