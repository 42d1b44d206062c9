import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BoomerangError } from '../../src/errors.ts';
import { fetchModel } from '../../src/node/hub/fetchModel.ts';
import { commitName, digest, type Fault, type HubServer, sendHead, startHub } from './hubServer.ts';
import { rejection, scratchFolder } from './scratch.ts';
import { root } from './shared.ts';

/** The model that the hub of these tests has, as `owner/name`. */
export const MODEL = join(root, 'models/fashion-28');
export const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';
/** What the model needs of its files. */
export const NEEDED = ['boomerang.json', 'scheduler/scheduler_config.json', 'unet/config.json', WEIGHTS];
export const MAIN = commitName('a');

export const content = (path: string): Uint8Array => readFileSync(join(MODEL, path));
export const weights = content(WEIGHTS);
export const HALF = Math.floor(weights.byteLength / 2);

/** The files of the model on the hub, among them some that nobody needs. */
export const pipeline = (): Map<string, Uint8Array> =>
  new Map([
    ...NEEDED.map((path) => [path, content(path)] as const),
    ['README.md', content('README.md')],
    ['unet/diffusion_pytorch_model.bin', new Uint8Array([0x80, 2])],
    ['samples/grid.png', new Uint8Array(5000)],
  ]);

const VARIABLES = [
  'HF_HOME',
  'HF_HUB_CACHE',
  'HUGGINGFACE_HUB_CACHE',
  'XDG_CACHE_HOME',
  'HF_ENDPOINT',
  'HF_TOKEN',
  'HUGGING_FACE_HUB_TOKEN',
  'HF_TOKEN_PATH',
  'HF_HUB_OFFLINE',
  'TRANSFORMERS_OFFLINE',
  'HF_HUB_DISABLE_IMPLICIT_TOKEN',
];

/** A hub and an empty cache for each test of a suite, and the environment that says so. */
export const hubSuite = () => {
  const path = scratchFolder();
  const saved = new Map(VARIABLES.map((name) => [name, process.env[name]]));
  const served: { hub?: HubServer } = {};
  beforeEach(async () => {
    for (const name of VARIABLES) delete process.env[name];
    served.hub = await startHub(pipeline());
    process.env['HF_ENDPOINT'] = served.hub.endpoint;
    process.env['HF_HOME'] = path('hf');
  });
  afterEach(async () => {
    await served.hub?.close();
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const hub = (): HubServer => {
    if (served.hub === undefined) throw new Error('the hub runs only during a test');
    return served.hub;
  };
  /** A path in the cache's folder of the model. */
  const home = (...parts: string[]): string => path(join('hf/hub/models--owner--name', ...parts));
  /** Where the weights belong. */
  const blob = (): string => home('blobs', digest('sha256', weights));
  const asked = (): string[] =>
    hub()
      .asked.map((request) => request.path)
      .sort();
  /** What was said of ranges when the weights were asked for. */
  const ranges = (): (string | undefined)[] =>
    hub().asked.flatMap((request) => (request.path === WEIGHTS ? [request.range] : []));
  /** Fails to fetch the model, and leaves no weights in the cache. Returns the message. */
  const failing = async (code: string, kind: typeof BoomerangError): Promise<string> => {
    const error = await rejection(fetchModel('owner/name'));
    expect(error).to.be.instanceOf(kind);
    expect(error.code, error.message).to.equal(code);
    expect(error.message).to.not.include('\n');
    expect(existsSync(home('snapshots', MAIN, WEIGHTS)), 'weights in the cache').to.equal(false);
    expect(existsSync(blob()), 'a content in the cache').to.equal(false);
    return error.message;
  };
  return { path, hub, home, blob, asked, ranges, failing };
};

/** Sends weights in its own way, as often as `times` says, and everything else as usual. */
export const weightsFault =
  (send: (...argv: Parameters<Fault>) => void, times = Number.POSITIVE_INFINITY): Fault =>
  (request, response, bytes) => {
    if (!request.url?.endsWith('safetensors') || times-- <= 0) return false;
    send(request, response, bytes);
    return true;
  };

/** Sends `count` bytes more and then hangs up. */
export const cutAfter = (count: number, times?: number): Fault =>
  weightsFault((request, response, bytes) => {
    const from = sendHead(request, response, bytes);
    response.write(bytes.subarray(from, from + count), () => response.destroy());
  }, times);
