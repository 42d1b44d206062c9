import * as tf from '@tensorflow/tfjs-core';
import { type Folder, firstExisting } from '../checkpoints/folder.ts';
import { outlinePart, type PartOutline } from '../checkpoints/parts.ts';
import { readTokenizerFiles } from '../checkpoints/tokenizerFiles.ts';
import { readWeights, type Weight } from '../checkpoints/weightFiles.ts';
import { checkNames } from '../checks.ts';
import { type NamedTensors, tfjsNetwork } from '../engines/tfjs/network.ts';
import { CheckpointError } from '../errors.ts';
import { clipText } from '../networks/clipText.ts';
import { parseClipTextConfig } from '../networks/clipTextConfig.ts';
import { checkIds } from '../networks/clipTextIds.ts';
import { clipTextWeights } from '../networks/clipTextWeights.ts';
import { parseAutoencoder } from '../networks/parseAutoencoder.ts';
import { pooledFrom } from '../text/pooled.ts';
import { makeTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { autoencoderRunners } from './autoencoderRunners.ts';
import { fetchFolder } from './fetchFolder.ts';
import { checkText } from './place.ts';
import { tfjsRunner } from './tfjsRunner.ts';

/** An autoencoder by itself, on tfjs. Its latents are raw: no scale, no shift. */
export type LoadedAutoencoder = {
  /** Images `[N, H, W, C]` in [-1, 1] to their most probable latents `[N, h, w, c]`, owned by the caller. */
  encode(images: tf.Tensor4D): tf.Tensor4D;
  /** Latents to images, not clipped, owned by the caller. */
  decode(latents: tf.Tensor4D): tf.Tensor4D;
  /**
   * Mean and log-variance of the latents, one after the other, `[N, h, w, 2c]`; the mean alone for an autoencoder
   * without variance. Owned by the caller.
   */
  moments(images: tf.Tensor4D): tf.Tensor4D;
  /** Pixels along one side of a latent pixel. */
  readonly factor: number;
  /** What diffusion sees is `(raw - shift) * scale`. */
  readonly scale: number;
  readonly shift: number;
  /** Frees the weights. */
  dispose(): void;
};

/** A text encoder by itself, on tfjs. */
export type LoadedTextEncoder = {
  /**
   * @param ids rows of tokens of one length, as `tokenizer.pad` gives them.
   * @returns float32, all owned by the caller: `lastHiddenState` and `penultimateHiddenState` (before the last layer,
   * without a norm) `[N, tokens, width]`, `pooled` `[N, width]`, what stands at the end of each text.
   * @throws ArgumentError `bad-tokens`.
   */
  encode(ids: readonly (readonly number[])[]): {
    readonly lastHiddenState: tf.Tensor3D;
    readonly penultimateHiddenState: tf.Tensor3D;
    readonly pooled: tf.Tensor2D;
  };
  /** Frees the weights. */
  dispose(): void;
};

const AUTOENCODER_HOMES = ['', 'vae/', 'vqvae/'];

/**
 * Opens the autoencoder of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-config`, `bad-config`, and those of damaged weights.
 */
export const openAutoencoder = async (folder: Folder): Promise<LoadedAutoencoder> => {
  const part = await partAt(folder, AUTOENCODER_HOMES, 'autoencoder');
  const autoencoder = parseAutoencoder(part.config);
  const { encoder, decoder } = autoencoderRunners(autoencoder, await weightsOf(folder, part));
  const { factor, scale, shift } = autoencoder;
  const outputOf = (outputs: NamedTensors, name: string): tf.Tensor4D =>
    (outputs[name] ?? outputs['output']) as tf.Tensor4D;
  return {
    encode: (images) => tf.tidy(() => outputOf(encoder.run({ x: images }), 'output')),
    moments: (images) => tf.tidy(() => outputOf(encoder.run({ x: images }), 'moments')),
    decode: (latents) => tf.tidy(() => outputOf(decoder.run({ x: latents }), 'output')),
    ...{ factor, scale, shift },
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
};

export type TextEncoderOptions = {
  /** Layers that are left out at the end; what is left gets the last norm. @defaultValue 0 */
  readonly clipSkip?: number;
};

/**
 * Opens the text encoder of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-such-model`, `unsupported-config`, `bad-config`, and those of damaged weights.
 * ArgumentError `unknown-option`, `bad-clip-skip`.
 */
export const openTextEncoder = async (folder: Folder, options: TextEncoderOptions = {}): Promise<LoadedTextEncoder> => {
  checkNames('loadTextEncoder', ['clipSkip'], options);
  const part = await partAt(folder, ['', 'text_encoder/'], 'text encoder');
  const config = parseClipTextConfig(part.config);
  const weights = clipTextWeights(await weightsOf(folder, part), config);
  const encoder = tfjsRunner(tfjsNetwork(clipText(config, options), weights));
  return {
    encode(ids) {
      checkIds(ids, config);
      return tf.tidy(() => {
        const rows = tf.tensor2d(ids.flat(), [ids.length, ids[0]?.length ?? 0], 'int32');
        const { lastHiddenState, penultimateHiddenState } = encoder.run({ ids: rows }) as Record<string, tf.Tensor3D>;
        const last = lastHiddenState as tf.Tensor3D;
        return {
          lastHiddenState: last,
          penultimateHiddenState: penultimateHiddenState as tf.Tensor3D,
          pooled: pooledFrom(last, ids, config),
        };
      });
    },
    dispose: () => encoder.dispose(),
  };
};

/**
 * Opens the tokenizer of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-tokenizer`, `bad-tokenizer`.
 */
export const openTokenizer = async (folder: Folder): Promise<Tokenizer> =>
  makeTokenizer(await readTokenizerFiles(folder));

const partAt = async (folder: Folder, homes: readonly string[], what: string): Promise<PartOutline> => {
  const configs = homes.map((home) => `${home}config.json`);
  const found = await firstExisting(folder, configs);
  if (found !== undefined) return outlinePart(folder, found.slice(0, -'config.json'.length));
  throw new CheckpointError('no-such-model', `${folder.name} holds no ${what}; looked for: ${configs.join(', ')}`);
};

const weightsOf = async (folder: Folder, { weightFiles }: PartOutline): Promise<Map<string, Weight>> => {
  const files: Parameters<typeof readWeights>[0][number][] = [];
  for (const file of weightFiles) files.push({ ...file, bytes: await folder.read(file.path) });
  return readWeights(files);
};

/** As `openAutoencoder`, from the address of a folder. */
export const loadAutoencoder = async (address: string): Promise<LoadedAutoencoder> =>
  openAutoencoder(fetchFolder(checkText(address)));

/** As `openTextEncoder`, from the address of a folder. */
export const loadTextEncoder = async (address: string, options?: TextEncoderOptions): Promise<LoadedTextEncoder> =>
  openTextEncoder(fetchFolder(checkText(address)), options);

/** As `openTokenizer`, from the address of a folder. */
export const loadTokenizer = async (address: string): Promise<Tokenizer> =>
  openTokenizer(fetchFolder(checkText(address)));
